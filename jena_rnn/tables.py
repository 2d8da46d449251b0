"""Markdown tables and shares in per cent, for reports and the terminal.

table(["split", "MAE"], [["test", "2.34"]])
percent(0.087)                          # '8.7 %'
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Told:
    """What a command found, for people and as JSON."""

    lines: list[str]
    plain: dict[str, Any]


def percent(share: float | None) -> str:
    """Return a share as per cent with one decimal."""
    return "undefined" if share is None or not math.isfinite(share) else f"{100 * share:.1f} %"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return an aligned Markdown table, the first `left` columns to the left and the others to the right."""
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    rule = ["-" * width if i < left else "-" * (width - 1) + ":" for i, width in enumerate(widths)]

    def line(row: Sequence[str]) -> str:
        sized = enumerate(zip(row, widths, strict=True))
        return "| " + " | ".join(cell.ljust(w) if i < left else cell.rjust(w) for i, (cell, w) in sized) + " |"

    return "\n".join([line(cells[0]), line(rule), *(line(row) for row in cells[1:])])
