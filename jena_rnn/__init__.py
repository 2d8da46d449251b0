"""jena-rnn: train and compare recurrent networks on weather-station series.

In Python: `load_config`, `train`, `Run`, `windows` and `read_series` (see `jena_rnn.api`). They are loaded when first
used, so that importing the package is instant.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jena_rnn.api import Run, load_config, read_series, train, windows

__version__ = "0.2.0"
__all__ = ["Run", "load_config", "read_series", "train", "windows"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'jena_rnn' has no attribute {name!r}")
    from jena_rnn import api

    return getattr(api, name)
