"""A model's whole state as plain arrays: weights, seeds of its dropout masks, optimizer.

Arrays are named by kind and place, since Keras's own names change with what else a process has built.

    arrays = capture(model)                 # {'weights/000': ..., 'seeds/000': ..., 'optimizer/000': ...}
    restore(model, arrays)                  # the same bits again
    with seeds_kept(model): ...             # forward passes that leave no trace
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import RunError
from jena_rnn.layers.backend import keras

Arrays = Mapping[str, NDArray[Any]]
KINDS = ("weights", "seeds", "optimizer")


def capture(model: keras.Model) -> Arrays:
    """Return every variable that training changes; the model must be compiled."""
    return {name: variable.numpy().copy() for name, variable in _variables(model, KINDS)}


def restore(model: keras.Model, arrays: Arrays, kinds: tuple[str, ...] = KINDS) -> None:
    """Give a compiled model of the same making the captured state, or just some kinds of it.

    Raises RunError unless names, shapes and dtypes are all the same.
    """
    variables = dict(_variables(model, kinds))
    given = {name: array for name, array in arrays.items() if name.partition("/")[0] in kinds}
    if set(variables) != set(given):
        raise RunError(f"the snapshot belongs to another model: it has {len(given)} arrays, this one {len(variables)}")
    for name, variable in variables.items():
        array, current = given[name], variable.numpy()
        if array.shape != current.shape or array.dtype != current.dtype:
            raise RunError(
                f"the snapshot belongs to another model: {name} is {array.dtype} {array.shape}, "
                f"here {current.dtype} {current.shape}"
            )
        variable.assign(array)


@contextmanager
def seeds_kept(model: keras.Model) -> Iterator[None]:
    """Give the seeds of dropout masks back at the end of the block.

    Keras's recurrent layers draw masks in every forward pass, though only a training pass uses them: the masks of
    one epoch would depend on how many batches the validation before it was cut into.
    """
    seeds = [(seed, seed.numpy().copy()) for seed in _seeds(model)]
    try:
        yield
    finally:
        for seed, before in seeds:
            seed.assign(before)


def _seeds(model: keras.Model) -> list[Any]:
    return [v for v in model.non_trainable_variables if np.issubdtype(v.numpy().dtype, np.integer)]


def _variables(model: keras.Model, kinds: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the variables of each kind in the order in which Keras made them."""
    model.optimizer.build(model.trainable_variables)
    seeds = _seeds(model)
    weights = [v for v in model.variables if not any(v is seed for seed in seeds)]
    found = {"weights": weights, "seeds": seeds, "optimizer": model.optimizer.variables}
    for kind in kinds:
        for number, variable in enumerate(found[kind]):
            yield f"{kind}/{number:03}", variable
