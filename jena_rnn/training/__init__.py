"""Training: from a config's `model` and `training` sections to a fitted model, one epoch at a time.

Read `dataset` (what the trainer asks of the data), `draws` (the order of samples), `zoo` (the models), `epochs` (fit
and predict), `history` (records, early stopping, learning rate), `state` (a model's variables as arrays). `zoo`,
`epochs` and `state` load TensorFlow.
"""
