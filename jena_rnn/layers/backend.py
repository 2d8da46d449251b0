"""Keras on TensorFlow, imported without output on the terminal.

TensorFlow writes banners to the process's error stream before any setting can stop it, so the stream is redirected
during the import. If the import fails, what was written is shown.

    from jena_rnn.layers.backend import keras
"""

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["keras", "tf"]


@contextmanager
def _error_stream_aside() -> Iterator[None]:
    """Redirect file descriptor 2 to a temporary file; show what was written if the block raises an error."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
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


os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["MPLBACKEND"] = "agg"  # Keras imports matplotlib
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _error_stream_aside():
    import keras
    import tensorflow as tf
# Keras 3.15 calls NumPy 2 on TensorFlow variables in a way that NumPy wants changed; an error under -W error.
warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy keyword", DeprecationWarning)
