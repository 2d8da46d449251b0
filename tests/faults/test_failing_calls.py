"""The n-th system call fails, once or from then on: a typed error or success, and what was saved before loads."""

import errno
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import quick
from failing import FailingCalls
from made import LONG, made, same

from jena_rnn.base.errors import FileError
from jena_rnn.base.files import PART
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.runs.rundir import RunDir
from jena_rnn.runs.snapshots import SnapshotStore

ERRORS = [errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS]
NAMES = [errno.errorcode[code] for code in ERRORS]
LASTING = pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])


@LASTING
@pytest.mark.parametrize("code", ERRORS, ids=NAMES)
def test_whichever_call_of_saving_fails_the_snapshot_before_loads(tmp_path: Path, code: int, lasting: bool) -> None:
    seen = set()
    for number in itertools.count(1):
        store = SnapshotStore(tmp_path / str(number), EpochRecord)
        store.folder.mkdir()
        for epoch in range(4):
            store.save(made(epoch))
        (store.folder / f"{PART}1a2b3c4d-epoch-000004.snapshot").write_bytes(b"left by a killed process")
        saved = True
        with FailingCalls(store.folder, number, code, lasting=lasting) as calls:
            try:
                store.save(made(4))
            except FileError as error:
                saved = False
                assert error.exit_code == 4
                assert str(store.folder) in str(error)
        seen.add(calls.failed)
        store.tidy()
        found = store.newest()
        assert found.epoch in ({4} if saved else {3, 4})
        assert same(found, made(found.epoch))
        assert not list(store.folder.glob(f"{PART}*"))
        shutil.rmtree(store.folder)
        if calls.failed is None:
            break
    assert seen == {"open", "write", "fsync", "close", "replace", "unlink", "listdir", None}


@LASTING
@pytest.mark.parametrize("code", ERRORS, ids=NAMES)
def test_whichever_call_of_loading_fails_it_is_told(tmp_path: Path, code: int, lasting: bool) -> None:
    store = SnapshotStore(tmp_path, EpochRecord)
    for epoch in range(3):
        store.save(made(epoch))
    for number in itertools.count(1):
        with FailingCalls(tmp_path, number, code, lasting=lasting) as calls:
            try:
                store.tidy()
                assert same(store.newest(), made(2))
            except FileError as error:
                assert error.exit_code == 4
        if calls.failed is None:
            break
    assert number > 4
    assert same(store.newest(), made(2))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make trainings quick, and leave out the model's export, which has its own test."""
    quick.share_models(monkeypatch)
    monkeypatch.setattr(RunDir, "write_model", lambda run, save: None)


def _sweep() -> Iterator[tuple[int, int, bool]]:
    """Yield which call fails, how, and whether for good; for every push every fourth call fails, in one of the ways."""
    for number in itertools.count(1, 1 if LONG else 4):
        ways = list(itertools.product(ERRORS, (False, True)))
        yield from ((number, *way) for way in (ways if LONG else [ways[number // 4 % len(ways)]]))


def test_whichever_call_of_a_training_fails_it_ends_with_a_file_error_and_the_epoch_before_loads(
    tmp_path: Path, short: None
) -> None:
    runs = {n: quick.train(tmp_path / str(n), f"training.epochs={n}") for n in (1, 2, 3)}
    first, expected = runs[1], {n: run.snapshots.newest() for n, run in runs.items()}
    told = calm = 0
    for number, code, lasting in _sweep():
        run = quick.copied(first, tmp_path / "run")
        with FailingCalls(run.path, number, code, lasting=lasting) as calls:
            try:
                quick.resume(run, 3)
                ended = True
            except FileError as error:
                ended = False
                told += 1
                assert str(run.path) in str(error)
        run.snapshots.tidy()
        found = run.snapshots.newest()
        assert same(found, expected[found.epoch]), (number, code, lasting, calls.failed)
        assert not ended or found.epoch == 3
        shutil.rmtree(run.path)
        calm = calm + 1 if calls.failed is None else 0
        if calm == 8:
            break
    assert told > 15


def test_whichever_call_of_a_first_training_fails_it_ends_with_a_file_error(tmp_path: Path, short: None) -> None:
    for number, code, lasting in _sweep():
        runs = tmp_path / "runs"
        with FailingCalls(runs, number, code, lasting=lasting) as calls:
            try:
                quick.train(runs, "training.epochs=1", "training.steps_per_epoch=3")
            except FileError as error:
                assert str(runs) in str(error)
        shutil.rmtree(runs, ignore_errors=True)
        if calls.failed is None:
            break
    assert number > 50
