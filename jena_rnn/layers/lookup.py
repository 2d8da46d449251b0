"""The way back through a table of vectors: each row gets the sum of what came back to where it was looked up.

Keras hands on a list of all places and their gradients, two million numbers for a batch of reviews; the table is far
smaller. Nor is it the same to every optimizer: RMSprop and Adam of Keras 3 take the square of each place's gradient and
add up those of a word that comes twice, where their formulas, and Keras 2.0 under the book, square the word's whole
gradient. Here it is the whole one.

    add_up(table, tokens, slope)            # table[tokens[i]] += slope[i], in this order
"""

import numpy as np
from numpy.typing import NDArray

from jena_rnn.layers.lanes import Array
from jena_rnn.layers.machine_code import compiled, kept


@kept
@compiled
def add_up(table: Array, tokens: NDArray[np.int32], slope: Array) -> None:
    """Add `slope` (places, size) float32 to the rows `tokens` (places,) int32 of `table` (words, size)."""
    for i in range(tokens.size):
        row, given = table[tokens[i]], slope[i]
        for k in range(given.size):
            row[k] += given[k]
