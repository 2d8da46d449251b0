"""What all figures share: colours, an empty figure with its title, legends and an axis of epochs.

figure, axes = empty("gru, seed 0")
"""

import textwrap
from typing import Any

from jena_rnn.canvas import Axes, Figure, MaxNLocator
from jena_rnn.messages import one_line

INK, FAINT, MODEL, BASELINE = "#222222", "#bbbbbb", "#1f5fa8", "#c2571a"

LETTERS = 11.5
"""Of a title, on an inch of a figure whose axes begin somewhat to the right."""


def empty(title: str, width: float = 7.5) -> tuple[Figure, Axes]:
    """Return a figure, `width` inches wide, and its axes."""
    figure = Figure(figsize=(width, 4.5), layout="constrained")
    axes = figure.add_subplot()
    wrapped = textwrap.fill(one_line(title), int(LETTERS * width), break_on_hyphens=False)
    axes.set_title(wrapped, loc="left", fontsize="small", parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=FAINT, lw=0.4)
    axes.set_axisbelow(True)
    return figure, axes


def epoch_axis(axes: Axes, epochs: int) -> None:
    """Lay out the axis of `epochs` epochs."""
    axes.set_xlabel("epoch")
    axes.set_xlim(0.5, epochs + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def legend(axes: Axes, **options: Any) -> None:
    """Draw the legend; its words are names from configs and files, never formulas."""
    for text in axes.legend(frameon=False, **options).get_texts():
        text.set_text(one_line(text.get_text()))
        text.set_parse_math(False)
