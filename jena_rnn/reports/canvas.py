"""matplotlib, imported so that figures look the same whatever the surroundings ask for, and without a word.

from jena_rnn.reports.canvas import Figure
"""

import logging
import os

from jena_rnn.base.errors import FileError

__all__ = ["AutoDateLocator", "Axes", "ConciseDateFormatter", "Figure", "MaxNLocator"]

os.environ["MPLBACKEND"] = "agg"
logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it would tell where it may keep its fonts

try:
    import matplotlib as mpl
except (OSError, UnicodeError) as error:
    if isinstance(error, OSError) and error.filename is None:  # matplotlib's own words: it finds no folder to write in
        raise FileError(f"no figures can be drawn: {error}") from None
    where = "matplotlibrc, in the working directory or where matplotlib keeps its settings"
    raise FileError(f"{where}: cannot be read: {error}") from None
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

mpl.rcdefaults()  # no matplotlibrc counts
