"""The order of an epoch: what each protocol draws, and that nothing else has a say in it."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jena_rnn.training import draws
from jena_rnn.training.draws import train_order


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


@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 12))
def test_shorter_strict_epochs_take_the_next_parts_of_a_pass(windows: int, batch_size: int, steps: int) -> None:
    count = steps * batch_size
    assume(count < windows)
    candidates, epochs = list(range(windows)), windows // count
    drawn = [order("strict", candidates, epoch, steps, batch_size) for epoch in range(1, epochs + 1)]
    parts = [row for batches in drawn for batch in batches for row in batch]
    assert len(parts) == len(set(parts)) == epochs * count


def test_strict_passes_differ_and_longer_epochs_go_on_with_the_next_pass() -> None:
    assert order("strict", list(range(50)), 1, 5, 10) != order("strict", list(range(50)), 2, 5, 10)
    rows = [row for batch in order("strict", [0, 1, 2, 3], 1, steps=4, batch_size=2) for row in batch]
    assert sorted(rows[:4]) == sorted(rows[4:]) == [0, 1, 2, 3]


@pytest.mark.parametrize("protocol", ["book", "strict"])
@pytest.mark.parametrize(("steps", "batch_size"), [(50, 4), (20, 5), (7, 64), (13, 3)])
def test_how_much_is_drawn_at_a_time_never_matters(
    protocol: str, steps: int, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = order(protocol, list(range(100)), 3, steps, batch_size)
    monkeypatch.setattr(draws, "DRAWN", 10)
    assert order(protocol, list(range(100)), 3, steps, batch_size) == whole


@pytest.mark.parametrize("protocol", ["book", "strict"])
def test_the_longest_epoch_begins_at_once(protocol: str) -> None:
    tracemalloc.start()
    batches = train_order(protocol, np.arange(7000), seed=0, epoch=1, steps=9_999_999, batch_size=999_999)
    assert len(next(batches)) == 999_999
    assert tracemalloc.get_traced_memory()[1] < 200e6
    tracemalloc.stop()
