"""The forecasts to beat: naive and climatology, on the windows of both protocols."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import config_of
from stations import SMALL, counted

from jena_rnn.base.errors import DataError
from jena_rnn.forecast.baselines import Baseline, baselines
from jena_rnn.series.reading import read_csv
from jena_rnn.series.series import Series


def config(*overrides: str) -> Any:
    return config_of("{}", *SMALL, *overrides)


def rising(rows: int) -> Series:
    """Return a temperature that rises by 1 in each row."""
    return counted(rows, columns=1)


def of(found: dict[str, dict[str, Baseline] | str], protocol: str) -> dict[str, Baseline]:
    table = found[protocol]
    assert isinstance(table, dict)
    return table


def test_the_naive_error_of_a_steady_rise_is_the_lead() -> None:
    found = baselines(config(), rising(220))
    book, strict = of(found, "book"), of(found, "strict")
    std = float(np.arange(100.0).std())
    assert book["val"].unit_per_normalised == strict["test"].unit_per_normalised == std
    assert book["val"].naive * std == pytest.approx(7.0, abs=1e-9)
    assert strict["val"].naive * std == pytest.approx(4.0, abs=1e-9)
    assert (book["val"].lead_hours, strict["val"].lead_hours) == pytest.approx((7 / 6, 4 / 6))


def test_windows_and_batches_are_counted_under_each_protocol() -> None:
    found = baselines(config(), rising(220))
    book, strict = of(found, "book"), of(found, "strict")
    assert (book["val"].windows, book["val"].batches) == (48, 6)
    assert (strict["val"].windows, strict["val"].batches) == (47, 6)
    assert (book["test"].windows, strict["test"].windows) == (40, 47)


def test_climatology_knows_only_the_training_rows() -> None:
    """100 rows are less than a day: the mean of the hour where there is one, else that of all rows."""
    spoilt = rising(220)
    spoilt.values[100:] = 1000.0
    strict = of(baselines(config(), spoilt), "strict")
    hours = {hour: [r for r in range(100) if r // 6 == hour] for hour in range(17)}
    usual = {hour: float(np.mean(rows)) for hour, rows in hours.items()}
    errors = [1000.0 - usual.get(row % 144 // 6, 49.5) for row in range(113, 160)]
    assert strict["val"].climatology * strict["val"].unit_per_normalised == pytest.approx(np.mean(errors))


def test_where_one_protocol_has_no_windows_its_reason_stands_in_their_place() -> None:
    missing = rising(220)
    missing.values[30] = np.nan
    found = baselines(config(), missing)
    assert isinstance(found["book"], str)
    assert found["book"].startswith("x.csv: 1 missing value, the first in 'T (degC)' at row 30")
    assert of(found, "strict")["val"].windows == 47


@pytest.mark.parametrize(
    ("protocol", "needs"), [("book", "and 4 more for the last target"), ("strict", "160 rows, but")]
)
def test_where_neither_has_windows_the_protocol_of_the_config_says_why(protocol: str, needs: str) -> None:
    with pytest.raises(DataError, match=needs):
        baselines(config(f"windows.protocol={protocol}"), rising(150))


def test_the_naive_error_on_the_real_file_is_that_of_the_book(real_data: Path) -> None:
    ranges = ["split.train=[0,50000]", "split.val=[50001,75000]", "split.test=[75001,null]"]
    found = baselines(config_of("{}", *ranges), read_csv(real_data / "jena_prefix.csv"))
    book = of(found, "book")["val"]
    assert book.naive == pytest.approx(0.34108902398294677, abs=1e-12)
    assert book.unit_per_normalised == pytest.approx(8.15760844671482, abs=1e-12)
    assert (book.windows, book.batches, book.lead_hours) == (184 * 128, 184, 25.0)
    strict = of(found, "strict")["val"]
    assert (strict.windows, strict.lead_hours) == (74_999 - 50_001 + 1 - 1579 + 1, 24.0)
