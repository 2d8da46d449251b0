"""Keras's layers with faster arithmetic: the same weights, names and results.

On a CPU, a recurrent layer takes the whole sequence through `sweep` instead of TensorFlow's loop. One input mask and
one state mask are drawn for each window and batch and used at every timestep and gate (Gal and Ghahramani 2016);
Keras's layers draw one for each gate if there is recurrent dropout. Padding masks and initial states are left to
Keras's own code. The gradient of the embedding is computed by `lookup`.

    keras.Sequential([keras.Input((240, 14)), layers.GRU(32, dropout=0.2, recurrent_dropout=0.2), ...])
"""

from itertools import count
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from jena_rnn.layers import cells
from jena_rnn.layers.backend import keras, tf
from jena_rnn.layers.lanes import Array
from jena_rnn.layers.lookup import add_up
from jena_rnn.layers.sweep import Sweep, Tape

KEPT = 2
"""Batches of a layer that may wait for their backward pass; older ones are dropped."""


class _Swept:
    """The part that the three layers share, mixed into Keras's classes."""

    kind: ClassVar[cells.Cell]
    wants_slope = True
    """Whether the gradient with respect to the inputs is needed; not for a model's first layer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        relu = self.activation is keras.activations.relu  # type: ignore[attr-defined]
        self._sweep = Sweep(self._arithmetic(), self.units, relu=relu, backwards=self.go_backwards)  # type: ignore[attr-defined]
        self._tapes: dict[int, Tape] = {}
        self._tickets = count()

    def call(self: Any, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Return the states, `(batch, timesteps, units)` or the last, `(batch, units)`."""
        if initial_state is not None or mask is not None or not self._able():
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)  # type: ignore[misc]
        weights = self.cell.kernel, self.cell.recurrent_kernel, self._bias()
        arguments = [tf.convert_to_tensor(weight) for weight in weights]
        if training:
            masks = (
                self._mask(sequences, sequences.shape[-1], self.dropout),
                self._mask(sequences, self.units, self.recurrent_dropout),
            )
            states = self._differentiable(sequences, *arguments, *masks)
        else:
            states = tf.numpy_function(self._glance, [sequences, *arguments], tf.float32, stateful=False)
        states.set_shape((sequences.shape[0], sequences.shape[1] if self.return_sequences else 1, self.units))
        return states if self.return_sequences else states[:, 0]

    def _able(self: Any) -> bool:
        """Return whether `sweep` computes this layer."""
        activations = keras.activations.tanh, keras.activations.relu
        gates = getattr(self, "recurrent_activation", keras.activations.sigmoid)
        plain = self.use_bias and not self.return_state and not self.stateful
        usual = self.activation in activations and gates is keras.activations.sigmoid
        return plain and usual

    def _arithmetic(self) -> cells.Cell:
        """Return the layer's kind of cell."""
        return self.kind

    def _bias(self: Any) -> Any:
        """Return one number for each row of gates."""
        return self.cell.bias

    def _mask(self: Any, sequences: Any, width: int, rate: float) -> Any:
        """Return `(batch, width)` of 0 and 1 / (1 - rate), or nothing at rate 0."""
        if not rate:
            return tf.zeros((0, 0))
        return keras.random.dropout(tf.ones((tf.shape(sequences)[0], width)), rate, seed=self.cell.seed_generator)

    def _differentiable(self: Any, sequences: Any, *others: Any) -> Any:
        @tf.custom_gradient
        def run(sequences: Any, kernel: Any, recurrent: Any, bias: Any, *masks: Any) -> Any:
            arguments = [sequences, kernel, recurrent, bias, *masks]
            states, ticket = tf.numpy_function(self._there, arguments, (tf.float32, tf.int64))

            def back(slope: Any) -> Any:
                slopes = tf.numpy_function(self._back, [ticket, slope], [tf.float32] * 4)
                for found, argument in zip(slopes, arguments, strict=False):
                    found.set_shape(argument.shape)
                return (*slopes, *(None for _ in masks)) if self.wants_slope else (None, *slopes[1:], None, None)

            return states, back

        return run(sequences, *others)

    def _glance(self, *arguments: Array) -> Array:
        return self._sweep.forward(*arguments, sequences=self.return_sequences)[0]  # type: ignore[attr-defined]

    def _there(
        self: Any, sequences: Array, kernel: Array, recurrent: Array, bias: Array, input_mask: Array, state_mask: Array
    ) -> tuple[Array, np.int64]:
        states, tape = self._sweep.forward(
            *(sequences, kernel, recurrent, bias),
            input_mask=input_mask,
            state_mask=state_mask,
            sequences=self.return_sequences,
            keep=True,
        )
        ticket = next(self._tickets)
        self._tapes[ticket] = tape
        self._tapes.pop(ticket - KEPT, None)
        return states, np.int64(ticket)

    def _back(self, ticket: np.int64, slope: Array) -> tuple[Array, Array, Array, Array]:
        found = self._sweep.backward(self._tapes.pop(int(ticket)), slope, to_inputs=self.wants_slope)
        return found.inputs, found.kernel, found.recurrent, found.bias


@keras.saving.register_keras_serializable("jena_rnn")
class GRU(_Swept, keras.layers.GRU):
    """`keras.layers.GRU`, faster on a CPU."""

    kind = cells.GRU

    def _arithmetic(self: Any) -> cells.Cell:
        """Return the GRU that resets after the product, or before."""
        return cells.GRU if self.reset_after else cells.EARLY_GRU

    def _bias(self: Any) -> Any:
        if not self.reset_after:
            return self.cell.bias
        given, recurrent = tf.unstack(self.cell.bias, axis=0)
        shared = 2 * self.units
        return tf.concat([recurrent[shared:], given[:shared] + recurrent[:shared], given[shared:]], 0)


@keras.saving.register_keras_serializable("jena_rnn")
class LSTM(_Swept, keras.layers.LSTM):
    """`keras.layers.LSTM`, faster on a CPU."""

    kind = cells.LSTM


@keras.saving.register_keras_serializable("jena_rnn")
class SimpleRNN(_Swept, keras.layers.SimpleRNN):
    """`keras.layers.SimpleRNN`, faster on a CPU."""

    kind = cells.SIMPLE


@keras.saving.register_keras_serializable("jena_rnn")
class Embedding(keras.layers.Embedding):
    """`keras.layers.Embedding` with a dense gradient; see `lookup` for what that changes."""

    def call(self: Any, inputs: Any) -> Any:
        """Return the vectors of words `(batch, timesteps)`: `(batch, timesteps, size)`."""
        words = tf.cast(inputs, tf.int32)

        @tf.custom_gradient
        def look(table: Any) -> Any:
            def back(slope: Any) -> Any:
                found = tf.numpy_function(self._back, [words, slope], tf.float32, stateful=False)
                found.set_shape(table.shape)
                return found

            return tf.gather(table, words), back

        return look(tf.convert_to_tensor(self.embeddings))

    def _back(self: Any, words: NDArray[np.int32], slope: Array) -> Array:
        table = np.zeros((self.input_dim, self.output_dim), np.float32)
        add_up(table, words.ravel(), slope.reshape(-1, self.output_dim))
        return table
