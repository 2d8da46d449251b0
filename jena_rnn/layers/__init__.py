"""Layers: recurrent layers that train two to three times as fast as Keras's on a CPU, and the recurrences written out.

`keras_layers` has GRU, LSTM, SimpleRNN and Embedding with Keras's names, weights and results. Read downwards: `sweep`
(batches over cores), `passes` (timesteps forwards and back), `cells` (one timestep), `lanes` (vectors), `machine_code`
(Numba). `recurrences` has the same equations in NumPy, one loop each; `traces` looks into a trained layer. `backend`
imports TensorFlow silently. This package loads TensorFlow only through its modules.
"""
