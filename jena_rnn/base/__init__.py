"""What every other package may use: errors, messages, files, tables, and signals during a training."""
