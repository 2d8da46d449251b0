"""What an epoch of a run on reviews leaves in history.csv."""

from dataclasses import dataclass

from jena_rnn.training.history import Record


@dataclass(frozen=True)
class ReviewRecord(Record):
    """One epoch of training; losses are binary cross-entropies, in nats."""

    epoch: int
    loss: float
    accuracy: float
    """Share of the training reviews classified right, each by the weights of its own step."""
    val_loss: float
    """Mean over the validation reviews, after the epoch."""
    val_accuracy: float
    """Share of the validation reviews classified right, after the epoch."""
    learning_rate: float
    seconds: float

    def __post_init__(self) -> None:
        """Raise ValueError for accuracies outside 0 to 1."""
        if not (0 <= self.accuracy <= 1 and 0 <= self.val_accuracy <= 1):
            raise ValueError(f"expected accuracies from 0 to 1, got {self.accuracy} and {self.val_accuracy}")

    @property
    def error(self) -> float:
        """The share of validation reviews classified wrong."""
        return 1.0 - self.val_accuracy
