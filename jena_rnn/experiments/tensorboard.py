"""Event files for TensorBoard, written only where tensorboard is installed.

log = tensorboard_log(folder)
log({"loss": 0.31, "val_mae": 0.28}, 1)
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from jena_rnn.base.errors import FileError
from jena_rnn.base.messages import one_line
from jena_rnn.layers.backend import tf


def tensorboard_log(folder: Path) -> Callable[[Mapping[str, float], int], None]:
    """Return a function that logs the measures of an epoch; it raises FileError if the disk refuses."""
    try:
        from tensorboard.summary import Writer
    except ImportError:
        return lambda figures, epoch: None
    try:
        writer = Writer(str(folder))
    except (OSError, tf.errors.OpError) as error:
        raise _refused(folder, error) from None

    def log(figures: Mapping[str, float], epoch: int) -> None:
        try:
            for name, figure in figures.items():
                writer.add_scalar(name, figure, epoch)
            writer.flush()
        except (OSError, tf.errors.OpError) as error:
            raise _refused(folder, error) from None

    return log


def _refused(folder: Path, error: Exception) -> FileError:
    return FileError(f"{folder}: cannot be written: {one_line(str(error))}")
