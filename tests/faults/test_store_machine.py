"""Any order of saving, failing, damage and loading: the store always gives the newest epoch that is still whole."""

import errno
import shutil
import tempfile
from pathlib import Path

import pytest
from failing import FailingCalls
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from made import figure, made, same

from jena_rnn.base.errors import FileError, NothingToResumeError
from jena_rnn.base.files import PART
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.runs.snapshots import SnapshotStore, encode
from jena_rnn.training.history import best

CODES = st.sampled_from([errno.EIO, errno.ENOSPC, errno.EROFS])


class Store(RuleBasedStateMachine):
    """A store beside a model of it: which epochs are whole, which are damaged, and where training stands."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = SnapshotStore(self.folder, EpochRecord)
        self.whole: set[int] = set()
        self.damaged: set[int] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _path(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:06}.snapshot"

    def _kept(self, epoch: int) -> set[int]:
        """Return what may stay after a save: the last two there are, and what was best at each."""
        there = sorted(at for at in self.whole | self.damaged if at <= epoch)[-2:]
        return {*there, *(best(made(at).history).epoch for at in there if at)}

    def _next(self) -> int:
        return max(self.whole, default=-1) + 1

    @rule()
    def save(self) -> None:
        epoch = self._next()
        self.store.save(made(epoch, 20))
        self.whole.add(epoch)
        self.damaged.discard(epoch)
        kept = self._kept(epoch)
        self.whole &= kept
        self.damaged &= kept

    @rule(number=st.integers(1, 12), code=CODES, lasting=st.booleans())
    def save_on_a_failing_disk(self, number: int, code: int, lasting: bool) -> None:
        epoch, before = self._next(), self.whole | self.damaged
        try:
            with FailingCalls(self.folder, number, code, lasting=lasting):
                self.store.save(made(epoch, 20))
        except FileError:
            pass
        there = {int(path.name[6:12]) for path in self.folder.glob("epoch-*.snapshot")}
        kept = before
        if self._path(epoch).exists() and self._path(epoch).read_bytes() == encode(made(epoch, 20)):
            self.whole.add(epoch)
            self.damaged.discard(epoch)
            kept = self._kept(epoch)
        assert before & kept <= there
        self.whole &= there
        self.damaged &= there

    @rule(cut=st.booleans(), at=st.floats(0, 0.999))
    @precondition(lambda self: self.whole)
    def damage_the_newest(self, cut: bool, at: float) -> None:
        epoch = max(self.whole)
        data = bytearray(self._path(epoch).read_bytes())
        place = int(at * len(data))
        if cut:
            del data[place:]
        else:
            data[place] ^= 1
        self._path(epoch).write_bytes(data)
        self.whole.remove(epoch)
        self.damaged.add(epoch)

    @rule()
    @precondition(lambda self: self.whole)
    def delete_the_newest(self) -> None:
        epoch = max(self.whole)
        self._path(epoch).unlink()
        self.whole.remove(epoch)

    @rule(data=st.binary(max_size=10))
    def leave_a_part_behind(self, data: bytes) -> None:
        (self.folder / f"{PART}epoch-{self._next():06}.snapshot").write_bytes(data)

    @rule()
    def tidy(self) -> None:
        self.store.tidy()
        assert not list(self.folder.glob(f"{PART}*"))

    @invariant()
    def the_newest_whole_one_loads_and_each_damaged_one_before_it_is_told(self) -> None:
        notices: list[str] = []
        if not self.whole:
            with pytest.raises(NothingToResumeError):
                self.store.newest(notices.append)
        else:
            assert same(self.store.newest(notices.append), made(max(self.whole), 20))
        assert len(notices) == sum(epoch > max(self.whole, default=-1) for epoch in self.damaged)


Store.TestCase.settings = settings(max_examples=figure(60, 2000), stateful_step_count=15, deadline=None)
TestStore = Store.TestCase
