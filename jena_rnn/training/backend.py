"""Keras on TensorFlow, imported without a word.

TensorFlow writes banners to the process's error stream before any setting can stop it, so the stream itself
is set aside during the import. What it said is shown after all if the import fails.

    from jena_rnn.training.backend import keras
"""

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jena_rnn.base.surroundings import hidden

__all__ = ["keras", "tf"]


def _aside() -> IO[bytes]:
    """Return a file to write to; nowhere, on a machine without a folder for temporary files."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return Path(os.devnull).open("w+b")


@contextmanager
def _error_stream_aside() -> Iterator[None]:
    """Send file descriptor 2 to a temporary file meanwhile; copy it back if the block raises an error."""
    try:
        kept = os.dup(2)
    except OSError:  # no error stream at all: nothing to keep quiet
        yield
        return
    with _aside() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except Exception:  # not Ctrl-C
            os.dup2(kept, 2)
            aside.seek(0)
            sys.stderr.write(aside.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


try:
    tempfile.gettempdir()
except FileNotFoundError:  # TensorFlow asks where it is when it is loaded, and puts nothing there
    tempfile.tempdir = os.curdir
# What a run computes is said by its config alone, not by a keras.json or settings that happen to be about.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["KERAS_HOME"] = os.devnull
for setting in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
    os.environ.pop(setting, None)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Keras imports matplotlib, if it can, for figures that nobody here asks for: a third of a second, and its settings.
with _error_stream_aside(), hidden("matplotlib"):
    import keras
    import tensorflow as tf

    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
# Keras 3.15 calls NumPy 2 on TensorFlow variables in a way that NumPy wants changed; an error under -W error.
warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy keyword", DeprecationWarning)
