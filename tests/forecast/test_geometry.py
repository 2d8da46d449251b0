"""Window arithmetic: which rows a window reads, and which reference rows there are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stations import BOOK, STRICT

from jena_rnn.forecast.geometry import Geometry, book_eval_rows, book_train_rows, strict_rows

steps, timesteps, delays = st.integers(1, 7), st.integers(1, 6), st.integers(1, 12)
firsts, lengths = st.integers(0, 20), st.integers(0, 120)


def test_the_book_reads_up_to_one_step_before_its_reference_row() -> None:
    assert list(BOOK.inputs(20)) == [8, 11, 14, 17]
    assert (BOOK.oldest, BOOK.newest, BOOK.timesteps, BOOK.lead, BOOK.span) == (-12, -3, 4, 7, 17)


def test_strict_reads_up_to_its_reference_row() -> None:
    assert list(STRICT.inputs(20)) == [11, 14, 17, 20]
    assert (STRICT.oldest, STRICT.newest, STRICT.timesteps, STRICT.lead, STRICT.span) == (-9, 0, 4, 4, 14)


def test_ten_days_every_hour_a_day_ahead_is_240_samples_and_25_or_24_hours() -> None:
    book, strict = Geometry("book", 1440, 6, 144), Geometry("strict", 1440, 6, 144)
    assert (book.timesteps, book.lead, strict.timesteps, strict.lead) == (240, 150, 240, 144)


@given(steps, timesteps, delays, st.integers(0, 100))
def test_inputs_follow_the_arithmetic(step: int, count: int, delay: int, row: int) -> None:
    lookback = step * count
    book, strict = Geometry("book", lookback, step, delay), Geometry("strict", lookback, step, delay)
    assert list(book.inputs(row)) == [row - lookback + step * k for k in range(count)]
    assert list(strict.inputs(row)) == [row - lookback + step * (k + 1) for k in range(count)]
    for geometry in (book, strict):
        inputs = geometry.inputs(row)
        assert (inputs[0], inputs[-1]) == (row + geometry.oldest, row + geometry.newest)
        assert len(inputs) == geometry.timesteps == count
        assert row + delay - inputs[-1] == geometry.lead
        assert len(range(inputs[0], row + delay + 1)) == geometry.span


def test_the_book_draws_rows_from_lookback_to_the_end() -> None:
    assert book_train_rows(2, 18, BOOK).tolist() == [14, 15, 16, 17]
    assert book_train_rows(2, 14, BOOK).tolist() == []


def book_pass(first: int, end: int, lookback: int, batch_size: int) -> list[int]:
    """Walk through validation rows as listing 6.33 does, one batch after another."""
    visited: list[int] = []
    cursor = first + lookback
    for _ in range((end - first - lookback) // batch_size):
        if cursor + batch_size >= end:
            cursor = first + lookback
        batch = list(range(cursor, min(cursor + batch_size, end)))
        cursor += len(batch)
        visited += batch
    return visited


def test_a_pass_of_the_book_takes_whole_batches_in_order() -> None:
    assert book_eval_rows(0, 12 + 8, 3, BOOK).tolist() == [12, 13, 14, 15, 16, 17]


def test_a_pass_of_the_book_starts_over_rather_than_reach_the_end() -> None:
    assert book_eval_rows(0, 12 + 6, 3, BOOK).tolist() == [12, 13, 14, 12, 13, 14]
    assert book_eval_rows(5, 5 + 12 + 3, 3, BOOK).tolist() == [17, 18, 19]
    assert book_eval_rows(0, 12 + 2, 3, BOOK).tolist() == []


@given(firsts, lengths, steps, timesteps, st.integers(1, 30))
@settings(max_examples=300)
def test_a_pass_of_the_book_is_that_of_its_generator(
    first: int, length: int, step: int, count: int, batch_size: int
) -> None:
    geometry, end = Geometry("book", step * count, step, 1), first + step * count + length
    found = book_eval_rows(first, end, batch_size, geometry)
    assert found.tolist() == book_pass(first, end, geometry.lookback, batch_size)
    assert len(found) == length // batch_size * batch_size
    assert found.dtype == np.int64


def test_strict_takes_every_row_whose_window_lies_inside() -> None:
    segment, measured = np.zeros(40, np.int64), np.ones(40, bool)
    # oldest input 10 at row 19, target 29 at row 25
    assert strict_rows(10, 30, STRICT, segment, measured).tolist() == [19, 20, 21, 22, 23, 24, 25]
    assert strict_rows(10, 24, STRICT, segment, measured).tolist() == [19]
    assert strict_rows(10, 23, STRICT, segment, measured).tolist() == []


def test_no_strict_window_crosses_from_one_segment_to_the_next() -> None:
    segment = np.repeat([0, 1], [15, 25])
    assert strict_rows(0, 30, STRICT, segment, np.ones(40, bool)).tolist() == [9, 10, 24, 25]


def test_no_strict_window_is_scored_on_what_was_not_measured() -> None:
    measured = np.ones(40, bool)
    measured[[20, 28]] = False
    rows = strict_rows(10, 30, STRICT, np.zeros(40, np.int64), measured)
    assert rows.tolist() == [19, 20, 21, 22, 23, 25]


@given(firsts, lengths, steps, timesteps, st.data())
@settings(max_examples=200)
def test_strict_rows_are_those_of_a_loop_over_all_rows(
    first: int, length: int, step: int, count: int, data: st.DataObject
) -> None:
    delay = data.draw(delays)
    geometry, end = Geometry("strict", step * count, step, delay), first + length
    rows = end + data.draw(st.integers(1, 10))
    breaks = data.draw(st.lists(st.integers(1, rows), max_size=3))
    unmeasured = data.draw(st.lists(st.integers(0, rows - 1), max_size=3))
    segment = np.cumsum(np.isin(np.arange(rows), breaks)).astype(np.int64)
    measured = ~np.isin(np.arange(rows), unmeasured)
    expected = []
    for row in range(rows):
        window = range(row - step * (count - 1), row + delay + 1)
        inside = window[0] >= first and window[-1] < end
        if inside and len({int(segment[r]) for r in window}) == 1 and window[-1] not in unmeasured:
            expected.append(row)
    assert strict_rows(first, end, geometry, segment, measured).tolist() == expected


@pytest.mark.parametrize(("length", "windows"), [(1582, 4), (1578, 0), (1579, 1), (25_000, 23_422)])
def test_the_number_of_strict_windows_is_rows_less_span_plus_one(length: int, windows: int) -> None:
    geometry = Geometry("strict", 1440, 6, 144)
    assert geometry.span == 1579
    found = strict_rows(100, 100 + length, geometry, np.zeros(30_000, np.int64), np.ones(30_000, bool))
    assert len(found) == windows == max(length - geometry.span + 1, 0)
