"""The base class of what follows a training: a progress bar, a notebook, a test. Override what you need."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jena_rnn.training.history import Record


class Listener:
    """Follows the progress of a training."""

    def begins(self, text: str) -> None:
        """Called once, with a description of the run."""

    def notice(self, text: str) -> None:
        """Called when something happens that the user should know."""

    def epoch_begins(self, epoch: int, epochs: int, steps: int) -> None:
        """Called before the first step of an epoch."""

    def step(self, loss: float) -> None:
        """Called after each step, with the mean loss of the epoch so far."""

    def validating(self) -> None:
        """Called between the last step and the validation pass."""

    def epoch_ends(self, record: "Record", line: str, is_best: bool) -> None:
        """Called when the epoch's snapshot is written; `line` has its measures for people."""
