"""The gradient of an embedding: each row of the table gets the sum of the gradients where it was looked up.

Keras passes on a list of all places and their gradients, two million numbers for a batch of reviews; the table is far
smaller. It also changes the result of some optimizers: for a word that occurs twice, RMSprop and Adam of Keras 3 add
the squares of both gradients, whereas their formulas, and the book's Keras 2.0, square the sum. Here it is the sum.

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
