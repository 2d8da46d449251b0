"""The parts that all figures share: colours, an empty figure with its title, curves over epochs, legends.

figure, axes = empty("gru, seed 0")
curves(axes, losses, val_losses, "loss")
epoch_axis(axes, len(losses))
"""

import textwrap
from collections.abc import Sequence
from typing import Any

from jena_rnn.base.messages import one_line
from jena_rnn.reports.canvas import Axes, Figure, MaxNLocator

INK, FAINT, MODEL, BASELINE = "#222222", "#bbbbbb", "#1f5fa8", "#c2571a"

LETTERS = 11.5
"""Letters of a title on an inch of the figure's width."""
LINES = 8
"""Lines of a name in a figure; the rest is cut."""


def empty(title: str, width: float = 7.5) -> tuple[Figure, Axes]:
    """Return a figure, `width` inches wide, and its axes."""
    figure = Figure(figsize=(width, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(wrapped(title, width), loc="left", fontsize="small", parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=FAINT, lw=0.4)
    axes.set_axisbelow(True)
    return figure, axes


def wrapped(text: str, inches: float, letters: float = LETTERS) -> str:
    """Return a text wrapped to lines of `inches`, at most LINES, with `letters` on an inch."""
    width = int(letters * inches)
    return textwrap.fill(one_line(text), width, break_on_hyphens=False, max_lines=LINES, placeholder=" …")


def curves(axes: Axes, training: Sequence[float], validation: Sequence[float], what: str) -> None:
    """Draw the values of each epoch as the book does: training (may be empty) as dots, validation as a line."""
    epochs = range(1, len(validation) + 1)
    if training:
        axes.plot(epochs, training, "o", color=INK, ms=5, label=f"training {what}")
    axes.plot(epochs, validation, "-", color=MODEL, lw=2, label=f"validation {what}")


def mark(axes: Axes, epoch: int, value: float, label: str) -> None:
    """Draw a ring around the value of one epoch."""
    axes.plot([epoch], [value], "o", color=MODEL, mfc="none", ms=10, label=label)


def epoch_axis(axes: Axes, epochs: int) -> None:
    """Lay out the axis of `epochs` epochs."""
    axes.set_xlabel("epoch")
    axes.set_xlim(0.5, epochs + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def labelled(name: str) -> str:
    """Return a name as the label of a curve; matplotlib hides labels that begin with _."""
    return f" {name}" if name.startswith("_") else name


def legend(axes: Axes, **options: Any) -> None:
    """Draw the legend; its texts are names from configs and files, so never formulas."""
    for text in axes.legend(frameon=False, **options).get_texts():
        text.set_text(one_line(text.get_text().lstrip()))
        text.set_parse_math(False)
