"""The parts of matplotlib that figures use, drawn to files and never to a screen.

from jena_rnn.reports.canvas import Figure
"""

import os

os.environ["MPLBACKEND"] = "agg"

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

__all__ = ["AutoDateLocator", "Axes", "ConciseDateFormatter", "Figure", "MaxNLocator"]
