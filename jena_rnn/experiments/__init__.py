"""The stories: train and resume a run, evaluate it, look into its cells, estimate its cost.

Read `train` first: prepare, begin, train, finish. Importing this package loads TensorFlow.
"""

from jena_rnn.experiments.evaluate import Evaluation, evaluate, evaluate_other, of_texts
from jena_rnn.experiments.prepare import Prepared, prepare
from jena_rnn.experiments.train import latest, resume, train

__all__ = ["Evaluation", "Prepared", "evaluate", "evaluate_other", "latest", "of_texts", "prepare", "resume", "train"]
