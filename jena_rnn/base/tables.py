"""Markdown tables, amounts with units, and percentages, for reports and the terminal.

table(["split", "MAE"], [["test", "2.34"]])
percent(0.087)                          # '8.7 %'
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tabulate

tabulate.MIN_PADDING = 0  # else headers are two characters wider than their column

MOST_DECIMALS, TOO_WIDE, MOST_DIGITS = 12, 1e12, 15
"""Beyond these limits a number is written with an exponent; a float has no more than 15 meaningful digits."""
LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Findings:
    """A command's result: lines for people, and plain values for JSON."""

    lines: list[str]
    plain: dict[str, Any]


def percent(share: float | None) -> str:
    """Return a share as a percentage with one decimal."""
    return "undefined" if share is None or not math.isfinite(share) else f"{100 * share:.1f} %"


def amount(value: float, unit: str = "", *, scale: float, places: int = 3) -> str:
    """Return a value and its unit: with `places` decimals, and more where `scale` is below 0.1.

    `scale` is the typical spread of such values: `amount(0.00041, "mol/mol", scale=1e-5)` is 0.0004100 mol/mol.
    """
    scaled = 0 < scale < math.inf
    decimals = places + max(0, -1 - math.floor(math.log10(scale)) if scaled else 0)
    if decimals <= MOST_DECIMALS and not abs(value) >= TOO_WIDE:
        return f"{value:,.{decimals}f} {unit}".rstrip()
    times = min(abs(value) / scale, LARGEST) if scaled and abs(value) < math.inf else 0.0
    above = math.ceil(math.log10(times)) if times > 0 else 0
    return f"{value:.{min(max(above, 1) + places, MOST_DIGITS)}g} {unit}".rstrip()


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return a Markdown table, its first `left` columns aligned to the left and the others to the right."""
    cells = [[cell.replace("|", r"\|") for cell in row] for row in (header, *rows)]
    sides = ["left" if column < left else "right" for column in range(len(header))]
    return tabulate.tabulate(
        cells[1:], cells[0], tablefmt="pipe", disable_numparse=True, colalign=sides if rows else None
    )
