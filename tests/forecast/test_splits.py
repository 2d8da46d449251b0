"""Splits: which reference rows each has, and what is said when there are too few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stations import BOOK, STRICT, sound

from jena_rnn.base.errors import DataError
from jena_rnn.forecast.config import Split
from jena_rnn.forecast.geometry import Geometry, book_eval_rows
from jena_rnn.forecast.splits import all_rows, bounds, reference_rows, resolve, rows_between
from jena_rnn.training.draws import Rows

OFFER = "Use --scale-split to scale the ranges, written for 1,000 rows, to this file."


def ranges(train: tuple[int, int], val: tuple[int, int], test: tuple[int, int | None], **keys: object) -> Split:
    return Split(train=train, val=val, test=test, **keys)  # type: ignore[arg-type] # rows and scale


SPLIT = ranges((0, 50), (50, 80), (80, None), rows=1000)


def refusal(name: str, split: Split, geometry: Geometry, rows: int, batch_size: int = 4) -> str:
    with pytest.raises(DataError) as caught:
        reference_rows(name, split, geometry, sound(rows), batch_size)
    return str(caught.value)


# Scaling


@pytest.mark.parametrize(
    ("split", "rows", "scaled"),
    [
        (SPLIT, 10, SPLIT),
        (Split(scale=True), 106_727, ranges((0, 50_755), (50_756, 76_133), (76_133, None), rows=106_727)),
        (Split(scale=True), 420_551, ranges((0, 200_000), (200_001, 300_000), (300_001, None), rows=420_551)),
    ],
    ids=["not asked for", "rounded down", "to the rows written for"],
)
def test_ranges_are_scaled_in_proportion_if_asked(split: Split, rows: int, scaled: Split) -> None:
    assert resolve(split, rows) == scaled


@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=6).map(sorted), st.integers(1, 10**6), st.data())
def test_scaled_ranges_stay_ordered_and_inside(ends: list[int], rows: int, data: st.DataObject) -> None:
    a, b, c, d, e, f = ends
    last = data.draw(st.sampled_from([f, None]))
    written = ranges((a, b), (c, d), (e, last), rows=data.draw(st.integers(max(f, 1), 2 * 10**6)), scale=True)
    found = resolve(written, rows)
    flat = [*found.train, *found.val, *found.test]
    assert (flat[5] is None) == (last is None)
    inside = [row for row in flat if row is not None]
    assert inside == sorted(inside)
    assert 0 <= inside[0] <= inside[-1] <= rows


# Reference rows


def test_an_end_of_null_is_the_last_row_and_for_the_book_leaves_room_for_its_targets() -> None:
    assert bounds(SPLIT, "test", 100, STRICT) == (80, 100)
    assert bounds(SPLIT, "test", 100, BOOK) == (80, 95)
    assert bounds(SPLIT, "val", 100, BOOK) == bounds(SPLIT, "val", 100, STRICT) == (50, 80)


def test_each_protocol_takes_its_own_rows() -> None:
    for geometry, name, expected in (
        (BOOK, "train", range(12, 50)),
        (BOOK, "val", range(62, 78)),
        (STRICT, "train", range(9, 46)),
        (STRICT, "val", range(59, 76)),
        (STRICT, "test", range(89, 96)),
    ):
        assert reference_rows(name, SPLIT, geometry, sound(100), 4).tolist() == list(expected)


def test_a_test_split_without_an_end_goes_on_as_the_generator_of_the_book() -> None:
    split = ranges((0, 20), (20, 30), (30, None))
    found = reference_rows("test", split, BOOK, sound(100), 4)
    assert found.tolist() == book_eval_rows(30, 95, 4, BOOK).tolist()
    assert len(found) == (95 - 30 - 12) // 4 * 4
    assert found.max() + BOOK.delay < 100


def test_rows_between_two_rows_are_those_to_score_unless_drawn() -> None:
    assert rows_between(0, 20, BOOK, sound(100), 3).tolist() == [12, 13, 14, 15, 16, 17]
    assert rows_between(0, 20, BOOK, sound(100), 3, drawn=True).tolist() == list(range(12, 20))
    assert rows_between(0, 20, STRICT, sound(100), 3, drawn=True).tolist() == list(range(9, 16))


def touched(rows: Rows, geometry: Geometry) -> set[int]:
    return {row for r in rows.tolist() for row in [*geometry.inputs(r), r + geometry.delay]}


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 9), st.lists(st.integers(1, 200), max_size=3))
def test_no_strict_window_touches_a_row_of_another_split(
    step: int, timesteps: int, delay: int, breaks: list[int]
) -> None:
    geometry = Geometry("strict", step * timesteps, step, delay)
    split = ranges((0, 90), (90, 150), (151, None))
    series = sound(230, tuple(breaks))
    seen = {
        name: touched(rows_between(*bounds(split, name, 230, geometry), geometry, series, 8, drawn=True), geometry)
        for name in ("train", "val", "test")
    }
    assert seen["train"] <= set(range(90))
    assert seen["val"] <= set(range(90, 150))
    assert seen["test"] <= set(range(151, 230))


def test_training_targets_of_the_book_lie_up_to_delay_past_its_end() -> None:
    rows = reference_rows("train", SPLIT, BOOK, sound(100), 4)
    assert max(touched(rows, BOOK)) == 50 - 1 + BOOK.delay


# Too few rows


@pytest.mark.parametrize(
    ("name", "geometry", "rows", "needs"),
    [
        ("val", STRICT, 79, "[50, 80] needs 80 rows, but the series has 79"),
        ("val", BOOK, 83, "[50, 80] needs 80 rows and 4 more for the last target, but the series has 83"),
        ("test", STRICT, 80, "[80, null] needs more than 80 rows, but the series has 80"),
        ("test", BOOK, 60, "[80, null] needs more than 80 rows, but the series has 60"),
    ],
)
def test_a_series_that_ends_before_a_split_is_refused_with_the_arithmetic_and_an_offer(
    name: str, geometry: Geometry, rows: int, needs: str
) -> None:
    assert refusal(name, SPLIT, geometry, rows) == f"x.csv: split.{name} = {needs}. {OFFER}"


def test_just_enough_rows_are_taken() -> None:
    assert len(reference_rows("val", SPLIT, STRICT, sound(80), 4)) == 30 - STRICT.span + 1
    assert len(reference_rows("val", SPLIT, BOOK, sound(84), 4)) == 16
    assert len(reference_rows("val", SPLIT, BOOK, sound(100), 18)) == 18
    assert reference_rows("test", SPLIT, STRICT, sound(80 + STRICT.span), 4).tolist() == [89]
    late = ranges((0, 40), (40, 90), (90, None), rows=1000)
    assert len(reference_rows("test", late, BOOK, sound(90 + 21), 4)) == 4


KEYS = "windows.lookback 12, windows.delay 4"


@pytest.mark.parametrize(
    ("name", "split", "geometry", "rows", "batch_size", "told"),
    [
        (
            *("train", ranges((0, 13), (13, 40), (40, None), rows=1000), STRICT, 100, 4),
            f"holds 13 of the series' 100 rows, but one window needs 14 ({KEYS}). {OFFER}",
        ),
        (
            *("test", ranges((0, 40), (40, 90), (90, None), rows=1000), BOOK, 94, 4),
            f"holds 4 of the series' 94 rows, but a batch of 4 windows needs 21 ({KEYS}, windows.batch_size 4). "
            + OFFER,
        ),
        (
            *("val", SPLIT, BOOK, 100, 19),
            f"holds 30 of the series' 100 rows, but a batch of 19 windows needs 31 ({KEYS}, windows.batch_size 19). "
            + OFFER,
        ),
        (
            *("train", ranges((0, 12), (13, 40), (40, None), rows=100), BOOK, 100, 4),
            f"holds 12 of the series' 100 rows, but one window needs 13 ({KEYS})",
        ),
        (
            *("test", resolve(ranges((0, 50), (50, 80), (80, None), rows=100, scale=True), 40), STRICT, 40, 4),
            f"holds 8 of the series' 40 rows, but one window needs 14 ({KEYS})",
        ),
    ],
    ids=["strict", "book's test", "book's batch", "written for this file", "scaled already"],
)
def test_a_split_too_short_is_refused_with_the_arithmetic(
    name: str, split: Split, geometry: Geometry, rows: int, batch_size: int, told: str
) -> None:
    assert refusal(name, split, geometry, rows, batch_size) == f"x.csv: split.{name} {told}"


@pytest.mark.parametrize(
    ("geometry", "fewest", "told"),
    [
        (STRICT, 14, f"one window needs 14 ({KEYS})"),
        (BOOK, 24, f"a batch of 7 windows needs 24 ({KEYS}, windows.batch_size 7)"),
    ],
)
def test_a_whole_file_that_is_too_short_is_refused(geometry: Geometry, fewest: int, told: str) -> None:
    assert len(all_rows(geometry, sound(fewest), 7)) == (1 if geometry is STRICT else 7)
    for rows in (0, 1, fewest - 1):
        with pytest.raises(DataError) as caught:
            all_rows(geometry, sound(rows), 7)
        assert str(caught.value) == f"x.csv: holds {rows:,} rows, but {told}"


def test_pieces_too_short_for_a_window_are_refused() -> None:
    broken = "holds no window: gaps, rows out of step or missing values break each stretch of 14 rows"
    with pytest.raises(DataError, match=rf"^x\.csv: the file {broken}$"):
        all_rows(STRICT, sound(20, (10,)), 4)
    with pytest.raises(DataError, match=rf"^x\.csv: split\.val {broken}$"):
        reference_rows("val", SPLIT, STRICT, sound(100, (60, 70)), 4)


@given(st.integers(1, 130), st.sampled_from(["train", "val", "test"]), st.booleans(), st.integers(1, 40))
def test_any_number_of_rows_gives_windows_inside_the_series_or_a_typed_error(
    rows: int, name: str, scale: bool, batch_size: int
) -> None:
    split = resolve(ranges((0, 50), (50, 80), (80, None), rows=100, scale=scale), rows)
    for geometry in (BOOK, STRICT):
        try:
            found = reference_rows(name, split, geometry, sound(rows), batch_size)
        except DataError:
            continue
        assert found.size > 0
        assert found.min() + geometry.oldest >= 0
        assert found.max() + geometry.delay < rows
