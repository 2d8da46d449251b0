"""What is measured side by side: this program, the book's listings as written, stock Keras, PyTorch, the bound."""
