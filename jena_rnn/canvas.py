"""matplotlib, imported so that figures look the same whatever the surroundings ask for, and without a word.

from jena_rnn.canvas import Figure
"""

import logging
import os

__all__ = ["AutoDateLocator", "Axes", "ConciseDateFormatter", "Figure", "MaxNLocator"]

os.environ["MPLBACKEND"] = "agg"
logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it would tell where it may keep its fonts

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

mpl.rcdefaults()  # no matplotlibrc counts
