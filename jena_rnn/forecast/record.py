"""What an epoch of a forecasting run leaves in history.csv."""

from dataclasses import dataclass

from jena_rnn.training.history import Record


@dataclass(frozen=True)
class EpochRecord(Record):
    """One epoch of training; errors are normalised."""

    epoch: int
    loss: float
    val_mae: float
    """MAE over the whole validation split, after the epoch."""
    learning_rate: float
    seconds: float

    @property
    def error(self) -> float:
        """The validation MAE."""
        return self.val_mae
