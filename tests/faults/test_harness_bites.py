"""The comparison of runs bites: leave anything out of a snapshot, and the resumed end is another."""

from dataclasses import replace
from pathlib import Path

import pytest
import quick
from same_end import differences

from jena_rnn.runs import snapshots
from jena_rnn.runs.rundir import RunDir
from jena_rnn.runs.snapshots import Snapshot
from jena_rnn.training import state
from jena_rnn.training.history import Record
from jena_rnn.training.state import restore


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[RunDir, RunDir]:
    """Return a run of four epochs and one of two."""
    quick.share_models(monkeypatch)
    whole = quick.train(tmp_path / "whole", "training.epochs=4")
    return whole, quick.train(tmp_path / "half", "training.epochs=2")


def test_resumed_from_all_that_a_snapshot_holds_the_end_is_the_same(runs: tuple[RunDir, RunDir]) -> None:
    whole, half = runs
    assert differences(whole.path, quick.resume(half, 4).path) == []


@pytest.mark.parametrize("left_out", state.KINDS)
def test_resumed_without_one_kind_of_state_the_end_differs(
    left_out: str, runs: tuple[RunDir, RunDir], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, half = runs
    kinds = tuple(kind for kind in state.KINDS if kind != left_out)
    monkeypatch.setattr(quick.TRAIN, "restore", lambda model, arrays: restore(model, arrays, kinds))
    found = differences(whole.path, quick.resume(half, 4).path)
    assert {"history", "newest snapshot", "predictions"} <= set(found)


def test_resumed_without_the_history_the_end_differs(
    runs: tuple[RunDir, RunDir], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, half = runs
    decode, left_out = snapshots.decode, [True]

    def forgetful(data: bytes, form: type[Record]) -> Snapshot:
        found = decode(data, form)
        return replace(found, history=[]) if left_out and left_out.pop() else found

    monkeypatch.setattr(snapshots, "decode", forgetful)
    quick.resume(half, 4)
    assert {"history", "newest snapshot"} <= set(differences(whole.path, half.path))


def test_a_single_bit_of_a_weight_is_a_difference(runs: tuple[RunDir, RunDir]) -> None:
    whole, half = runs
    quick.resume(half, 4)
    newest = half.snapshots.newest()
    array = newest.arrays["weights/000"].copy()
    array.view("uint8").flat[0] ^= 1
    half.snapshots.save(replace(newest, arrays={**newest.arrays, "weights/000": array}))
    assert "newest snapshot" in differences(whole.path, half.path)
