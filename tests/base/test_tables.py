"""Amounts to as many digits as they need, and tables that stay tables whatever stands in them."""

import math

import pytest

from jena_rnn.base.tables import amount, table


@pytest.mark.parametrize(
    ("value", "scale", "told"),
    [
        (2.3444, 8.37, "2.344 °C"),
        (2.3444, 0.5, "2.344 °C"),
        (0.0312, 0.05, "0.0312 °C"),
        (0.00041, 1e-5, "0.0004100 °C"),
        (1013.25, 0.001, "1,013.25000 °C"),
        (101_325.0, 800.0, "101,325.000 °C"),
        (1.5e12, 8e11, "1.5e+12 °C"),
        (4.2e-14, 1e-14, "4.2e-14 °C"),
        (1e-170, 1e-170, "1e-170 °C"),
        (2_000_000_076.32, 76.0, "2,000,000,076.320 °C"),
        (1.0000000000001, 1e-13, "1.0000000000001 °C"),
        (5e24 + 1e20, 1e20, "5.0001e+24 °C"),
        (2e30, 0.0, "2e+30 °C"),
        (2.5, 5e-324, "2.5 °C"),
        (5e-324, 5e-324, "4.941e-324 °C"),
        (0.0, 1e-20, "0 °C"),
        (math.inf, 1e-20, "inf °C"),
        (3.0, 0.0, "3.000 °C"),
        (3.0, math.inf, "3.000 °C"),
        (math.nan, 1.0, "nan °C"),
    ],
)
def test_an_amount_has_the_digits_that_its_scale_asks_for(value: float, scale: float, told: str) -> None:
    assert amount(value, "°C", scale=scale) == told


def test_an_amount_without_a_unit_ends_with_its_figure() -> None:
    assert amount(2.5, scale=8.0, places=1) == "2.5"


def test_a_table_is_markdown_with_numbers_to_the_right_and_escaped_bars() -> None:
    lines = ["| a\\|b |     n |", "|:-----|------:|", "| x    | 1,000 |"]
    assert table(["a|b", "n"], [["x", "1,000"]]).splitlines() == lines
    assert table(["a", "b"], []).splitlines()[0] == "| a | b |"
