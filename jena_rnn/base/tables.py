"""Markdown tables, amounts and shares in per cent, for reports and the terminal.

table(["split", "MAE"], [["test", "2.34"]])
percent(0.087)                          # '8.7 %'
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_DECIMALS, TOO_WIDE, MOST_DIGITS = 12, 1e12, 15
"""A figure with more decimals, or as large, is written with an exponent; no float has more digits that count."""
LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Told:
    """What a command found, for people and as JSON."""

    lines: list[str]
    plain: dict[str, Any]


def percent(share: float | None) -> str:
    """Return a share as per cent with one decimal."""
    return "undefined" if share is None or not math.isfinite(share) else f"{100 * share:.1f} %"


def amount(value: float, unit: str = "", *, scale: float, places: int = 3) -> str:
    """Return a value and its unit: with `places` decimals, and more where `scale` is below 0.1.

    `scale` is what such values differ by, in the unit: `amount(0.00041, "mol/mol", scale=1e-5)` is 0.0004100 mol/mol.
    """
    scaled = 0 < scale < math.inf
    decimals = places + max(0, -1 - math.floor(math.log10(scale)) if scaled else 0)
    if decimals <= MOST_DECIMALS and not abs(value) >= TOO_WIDE:
        return f"{value:,.{decimals}f} {unit}".rstrip()
    times = min(abs(value) / scale, LARGEST) if scaled and abs(value) < math.inf else 0.0
    above = math.ceil(math.log10(times)) if times > 0 else 0
    return f"{value:.{min(max(above, 1) + places, MOST_DIGITS)}g} {unit}".rstrip()


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return an aligned Markdown table, the first `left` columns to the left and the others to the right."""
    cells = [[cell.replace("|", r"\|") for cell in row] for row in (header, *rows)]
    widths = [max(2, *(len(row[i]) for row in cells)) for i in range(len(header))]
    rule = ["-" * width if i < left else "-" * (width - 1) + ":" for i, width in enumerate(widths)]

    def line(row: Sequence[str]) -> str:
        sized = enumerate(zip(row, widths, strict=True))
        return "| " + " | ".join(cell.ljust(w) if i < left else cell.rjust(w) for i, (cell, w) in sized) + " |"

    return "\n".join([line(cells[0]), line(rule), *(line(row) for row in cells[1:])])
