import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.training.draws import permutation, permuted, uniform

seeds, numbers = st.integers(0, 2**32 - 1), st.integers(0, 2**40)


def test_the_draws_are_the_same_for_ever() -> None:
    assert uniform(0, 1, 6, 1440, 200_000).tolist() == [134038, 112741, 171653, 156384, 11247, 36710]
    assert uniform(7, 3, 5, 0, 10).tolist() == [4, 5, 2, 5, 5]
    assert permutation(0, 0, 8).tolist() == [0, 2, 1, 5, 4, 3, 6, 7]
    assert permutation(0, 1, 8).tolist() == [5, 3, 7, 2, 4, 1, 0, 6]
    assert permutation(2**32 - 1, 5, 8).tolist() == [1, 6, 3, 0, 5, 4, 7, 2]
    assert permuted(1, 5, 9, 4).tolist() == [3, 2, 1, 2, 0, 1, 3, 3, 2]


def test_a_fresh_process_draws_the_same() -> None:
    program = (
        "from jena_rnn.training.draws import permuted, uniform; "
        "print(uniform(7, 3, 5, 0, 10).tolist(), permuted(1, 5, 9, 4).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "[4, 5, 2, 5, 5] [3, 2, 1, 2, 0, 1, 3, 3, 2]\n"


@given(seeds, numbers, st.integers(0, 300))
def test_a_permutation_has_every_place_once(seed: int, number: int, length: int) -> None:
    assert sorted(permutation(seed, number, length).tolist()) == list(range(length))


@given(seeds, numbers, st.integers(0, 50), st.integers(-5, 50), st.integers(1, 1000))
def test_uniform_draws_stay_in_their_range(seed: int, epoch: int, count: int, low: int, span: int) -> None:
    drawn = uniform(seed, epoch, count, low, low + span)
    assert (drawn.shape, drawn.dtype) == ((count,), np.dtype("int64"))
    assert ((low <= drawn) & (drawn < low + span)).all()


def test_uniform_draws_reach_every_value_about_equally_often() -> None:
    counts = np.bincount(uniform(0, 1, 60_000, 0, 6))
    assert (len(counts), counts.sum()) == (6, 60_000)
    assert abs(counts - 10_000).max() < 400  # more than 4 standard deviations


@given(seeds, st.integers(1, 10**6))
def test_epochs_and_seeds_differ(seed: int, epoch: int) -> None:
    assert permutation(seed, epoch, 100).tolist() != permutation(seed, epoch + 1, 100).tolist()
    assert permutation(seed, epoch, 100).tolist() != permutation(seed + 1, epoch, 100).tolist()
    assert uniform(seed, epoch, 100, 0, 1000).tolist() != uniform(seed, epoch + 1, 100, 0, 1000).tolist()
    assert uniform(seed, epoch, 100, 0, 1000).tolist() != uniform(seed + 1, epoch, 100, 0, 1000).tolist()


def test_nothing_that_ran_before_changes_a_draw() -> None:
    before = uniform(3, 2, 10, 0, 100).tolist()
    np.random.default_rng(0).random(5)
    uniform(3, 1, 10, 0, 100)
    assert uniform(3, 2, 10, 0, 100).tolist() == before
    assert uniform(3, 2, 4, 0, 100).tolist() == before[:4]


@given(seeds, st.integers(1, 20), st.integers(0, 60), st.lists(st.integers(0, 50), max_size=6))
def test_however_it_is_cut_the_endless_sequence_is_the_same(
    seed: int, length: int, start: int, counts: list[int]
) -> None:
    whole = np.concatenate([permutation(seed, number, length) for number in range(400 // length + 2)])
    place, found = start, []
    for count in counts:
        found += permuted(seed, place, count, length).tolist()
        place += count
    assert found == whole[start:place].tolist()


def test_nothing_asked_for_is_nothing_drawn() -> None:
    assert permuted(0, 5, 0, 3).tolist() == []
    assert uniform(0, 1, 0, 0, 3).tolist() == []
