import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jena_rnn.base.errors import DataError
from jena_rnn.config.experiment import Split
from jena_rnn.forecast import splits
from jena_rnn.forecast.geometry import Geometry, book_eval_rows
from jena_rnn.forecast.splits import all_rows, bounds, reference_rows, resolve, rows_between
from jena_rnn.series.repair import Sound
from jena_rnn.series.series import Series, Source
from jena_rnn.training.draws import Rows, train_order

BOOK = Geometry("book", lookback=12, step=3, delay=4)
STRICT = Geometry("strict", lookback=12, step=3, delay=4)
SPLIT = Split(train=(0, 50), val=(50, 80), test=(80, None), rows=1000)


def sound(rows: int, breaks: tuple[int, ...] = ()) -> Sound:
    times = np.datetime64("2009-01-01", "s") + 600 * np.arange(rows).astype("timedelta64[s]")
    series = Series(times, np.arange(rows, dtype=np.float64)[:, None], ("a",), Source("x.csv", "", "unknown"))
    segment = np.cumsum(np.isin(np.arange(rows), breaks)).astype(np.int64)
    return Sound(series, segment, np.ones(rows, bool), ())


def refusal(name: str, split: Split, geometry: Geometry, rows: int, batch_size: int = 4) -> str:
    with pytest.raises(DataError) as caught:
        reference_rows(name, split, geometry, sound(rows), batch_size)
    return str(caught.value)


# Scaling


def test_ranges_stay_as_written_unless_scaling_is_asked_for() -> None:
    assert resolve(SPLIT, 10) is SPLIT


def test_the_ranges_of_the_book_are_scaled_in_proportion_and_rounded_down() -> None:
    found = resolve(Split(scale=True), 106_727)
    assert found == Split(train=(0, 50_755), val=(50_756, 76_133), test=(76_133, None), rows=106_727)


def test_scaling_to_the_rows_written_for_changes_nothing() -> None:
    found = resolve(Split(scale=True), 420_551)
    assert (found.train, found.val, found.test) == ((0, 200_000), (200_001, 300_000), (300_001, None))


@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=6).map(sorted), st.integers(1, 10**6), st.data())
def test_scaled_ranges_stay_ordered_and_inside(ends: list[int], rows: int, data: st.DataObject) -> None:
    a, b, c, d, e, f = ends
    last = data.draw(st.sampled_from([f, None]))
    written = Split((a, b), (c, d), (e, last), rows=data.draw(st.integers(max(f, 1), 2 * 10**6)), scale=True)
    found = resolve(written, rows)
    flat = [*found.train, *found.val, *found.test]
    assert (flat[5] is None) == (last is None)
    inside = [row for row in flat if row is not None]
    assert inside == sorted(inside)
    assert 0 <= inside[0] <= inside[-1] <= rows


# Bounds


def test_an_end_of_null_is_the_last_row_and_for_the_book_leaves_room_for_its_targets() -> None:
    assert bounds(SPLIT, "test", 100, STRICT) == (80, 100)
    assert bounds(SPLIT, "test", 100, BOOK) == (80, 95)
    assert bounds(SPLIT, "val", 100, BOOK) == bounds(SPLIT, "val", 100, STRICT) == (50, 80)


# Reference rows


def test_each_protocol_takes_its_own_rows() -> None:
    assert reference_rows("train", SPLIT, BOOK, sound(100), 4).tolist() == list(range(12, 50))
    assert reference_rows("val", SPLIT, BOOK, sound(100), 4).tolist() == list(range(62, 78))
    assert reference_rows("train", SPLIT, STRICT, sound(100), 4).tolist() == list(range(9, 46))
    assert reference_rows("val", SPLIT, STRICT, sound(100), 4).tolist() == list(range(59, 76))
    assert reference_rows("test", SPLIT, STRICT, sound(100), 4).tolist() == list(range(89, 96))


def test_a_test_split_without_an_end_goes_on_as_the_generator_of_the_book() -> None:
    split = Split((0, 20), (20, 30), (30, None))
    found = reference_rows("test", split, BOOK, sound(100), 4)
    assert found.tolist() == book_eval_rows(30, 95, 4, BOOK).tolist()
    assert len(found) == (95 - 30 - 12) // 4 * 4
    assert found.max() + BOOK.delay < 100


def test_rows_between_any_two_rows_are_those_scored_unless_drawn() -> None:
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
    split = Split((0, 90), (90, 150), (151, None))
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


OFFER = "Use --scale-split to scale the ranges, written for 1,000 rows, to this file."


def test_a_series_that_ends_before_a_split_is_refused_with_the_arithmetic_and_an_offer() -> None:
    assert refusal("val", SPLIT, STRICT, 79) == (
        f"x.csv: split.val = [50, 80] needs 80 rows, but the series has 79. {OFFER}"
    )
    assert refusal("val", SPLIT, BOOK, 83) == (
        f"x.csv: split.val = [50, 80] needs 80 rows and 4 more for the last target, but the series has 83. {OFFER}"
    )
    assert refusal("test", SPLIT, STRICT, 80) == (
        f"x.csv: split.test = [80, null] needs more than 80 rows, but the series has 80. {OFFER}"
    )
    assert refusal("test", SPLIT, BOOK, 60) == (
        f"x.csv: split.test = [80, null] needs more than 80 rows, but the series has 60. {OFFER}"
    )


def test_just_enough_rows_are_taken() -> None:
    assert len(reference_rows("val", SPLIT, STRICT, sound(80), 4)) == 30 - STRICT.span + 1
    assert len(reference_rows("val", SPLIT, BOOK, sound(84), 4)) == 16
    assert reference_rows("test", SPLIT, STRICT, sound(80 + STRICT.span), 4).tolist() == [89]


def test_a_split_shorter_than_a_window_is_refused_with_the_arithmetic_and_an_offer() -> None:
    short = Split((0, 13), (13, 40), (40, None), rows=1000)
    assert refusal("train", short, STRICT, 100) == (
        "x.csv: split.train holds 13 of the series' 100 rows, but one window needs 14 "
        f"(windows.lookback 12, windows.delay 4). {OFFER}"
    )
    assert refusal("test", Split((0, 40), (40, 90), (90, None), rows=1000), BOOK, 94) == (
        "x.csv: split.test holds 4 of the series' 94 rows, but a batch of 4 windows needs 21 "
        f"(windows.lookback 12, windows.delay 4, windows.batch_size 4). {OFFER}"
    )
    assert len(reference_rows("test", Split((0, 40), (40, 90), (90, None), rows=1000), BOOK, sound(90 + 21), 4)) == 4
    assert refusal("train", Split((0, 12), (13, 40), (40, None), rows=100), BOOK, 100) == (
        "x.csv: split.train holds 12 of the series' 100 rows, but one window needs 13 "
        "(windows.lookback 12, windows.delay 4)"
    )


def test_ranges_that_are_scaled_already_are_not_offered_to_be_scaled() -> None:
    split = resolve(Split((0, 50), (50, 80), (80, None), rows=100, scale=True), 40)
    assert refusal("test", split, STRICT, 40) == (
        "x.csv: split.test holds 8 of the series' 40 rows, but one window needs 14 "
        "(windows.lookback 12, windows.delay 4)"
    )
    assert refusal("test", Split((0, 10), (10, 20), (20, None), rows=15), BOOK, 15).endswith("the series has 15")


def test_a_book_split_that_fills_no_batch_is_refused() -> None:
    assert refusal("val", SPLIT, BOOK, 100, batch_size=19) == (
        "x.csv: split.val holds 30 of the series' 100 rows, but a batch of 19 windows needs 31 "
        f"(windows.lookback 12, windows.delay 4, windows.batch_size 19). {OFFER}"
    )
    assert len(reference_rows("val", SPLIT, BOOK, sound(100), 18)) == 18


@pytest.mark.parametrize(
    ("geometry", "fewest", "told"),
    [
        (STRICT, 14, "one window needs 14 (windows.lookback 12, windows.delay 4)"),
        (BOOK, 24, "a batch of 7 windows needs 24 (windows.lookback 12, windows.delay 4, windows.batch_size 7)"),
    ],
)
def test_a_whole_file_that_is_too_short_is_refused_as_such(geometry: Geometry, fewest: int, told: str) -> None:
    assert len(all_rows(geometry, sound(fewest), 7)) == (1 if geometry is STRICT else 7)
    for rows in (0, 1, fewest - 1):
        with pytest.raises(DataError) as caught:
            all_rows(geometry, sound(rows), 7)
        assert str(caught.value) == f"x.csv: holds {rows:,} rows, but {told}"


def test_a_whole_file_in_pieces_too_short_is_refused_as_such() -> None:
    with pytest.raises(DataError, match=r"x\.csv: the file holds no window: gaps, rows out of step or missing values"):
        all_rows(STRICT, sound(20, (10,)), 4)


def test_a_strict_split_in_pieces_too_short_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        reference_rows("val", SPLIT, STRICT, sound(100, (60, 70)), 4)
    assert str(caught.value) == (
        "x.csv: split.val holds no window: gaps, rows out of step or missing values break each stretch of 14 rows"
    )


@given(st.integers(1, 130), st.sampled_from(["train", "val", "test"]), st.booleans(), st.integers(1, 40))
def test_any_number_of_rows_gives_windows_inside_the_series_or_a_typed_error(
    rows: int, name: str, scale: bool, batch_size: int
) -> None:
    split = resolve(Split((0, 50), (50, 80), (80, None), rows=100, scale=scale), rows)
    for geometry in (BOOK, STRICT):
        try:
            found = reference_rows(name, split, geometry, sound(rows), batch_size)
        except DataError:
            continue
        assert found.size > 0
        assert found.min() + geometry.oldest >= 0
        assert found.max() + geometry.delay < rows


# The order of an epoch


def order(protocol: str, candidates: list[int], epoch: int, steps: int, batch_size: int) -> list[list[int]]:
    rows = np.array(candidates, np.int64)
    batches = train_order(protocol, rows, seed=5, epoch=epoch, steps=steps, batch_size=batch_size)
    return [batch.tolist() for batch in batches]


def test_the_book_draws_whole_batches_with_replacement() -> None:
    batches = order("book", [100, 200, 300], 1, steps=4, batch_size=5)
    assert [len(batch) for batch in batches] == [5, 5, 5, 5]
    assert {row for batch in batches for row in batch} == {100, 200, 300}
    assert order("book", [100, 200, 300], 1, 4, 5) == batches != order("book", [100, 200, 300], 2, 4, 5)


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 1000))
def test_a_strict_pass_covers_each_window_once_with_the_last_part_batch(
    windows: int, batch_size: int, epoch: int
) -> None:
    candidates = [10 * i for i in range(windows)]
    batches = order("strict", candidates, epoch, -(-windows // batch_size), batch_size)
    assert sorted(row for batch in batches for row in batch) == candidates
    assert all(len(batch) == batch_size for batch in batches[:-1])
    assert len(batches[-1]) == (windows - 1) % batch_size + 1


def test_strict_passes_differ_from_epoch_to_epoch() -> None:
    candidates = list(range(50))
    assert order("strict", candidates, 1, 5, 10) != order("strict", candidates, 2, 5, 10)


@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 12))
def test_shorter_strict_epochs_take_the_next_parts_of_a_pass(windows: int, batch_size: int, steps: int) -> None:
    count = steps * batch_size
    assume(count < windows)
    candidates, epochs = list(range(windows)), windows // count
    parts = [
        row
        for e in range(1, epochs + 1)
        for batch in order("strict", candidates, e, steps, batch_size)
        for row in batch
    ]
    assert len(parts) == len(set(parts)) == epochs * count


@pytest.mark.parametrize("protocol", ["book", "strict"])
@pytest.mark.parametrize(("steps", "batch_size"), [(50, 4), (20, 5), (7, 64), (13, 3)])
def test_how_much_is_drawn_at_a_time_never_matters(
    protocol: str, steps: int, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = order(protocol, list(range(100)), 3, steps, batch_size)
    monkeypatch.setattr(splits, "DRAWN", 10)
    assert order(protocol, list(range(100)), 3, steps, batch_size) == whole


@pytest.mark.parametrize("protocol", ["book", "strict"])
def test_the_longest_epoch_begins_at_once(protocol: str) -> None:
    tracemalloc.start()
    batches = train_order(protocol, np.arange(7000), seed=0, epoch=1, steps=9_999_999, batch_size=999_999)
    assert len(next(batches)) == 999_999
    assert tracemalloc.get_traced_memory()[1] < 200e6
    tracemalloc.stop()


def test_longer_strict_epochs_go_on_with_the_next_pass() -> None:
    rows = [row for batch in order("strict", [0, 1, 2, 3], 1, steps=4, batch_size=2) for row in batch]
    assert sorted(rows[:4]) == sorted(rows[4:]) == [0, 1, 2, 3]
