"""A process that kills its children while they save snapshots, and judges what each left. No TensorFlow here.

python store_kills.py FOLDER KILLS SEED atomic|in-place           # prints the figures as JSON
"""

import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from made import made, same

from jena_rnn.base.errors import JenaError
from jena_rnn.base.files import PART
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.runs.snapshots import SnapshotStore, encode

SIZE = 20_000
ROUND = 40
"""Kills in one folder; then a new one, so that histories stay short."""
Save = Callable[[SnapshotStore, int], None]


def atomic(store: SnapshotStore, epoch: int) -> None:
    """Save as the program does."""
    store.save(made(epoch, SIZE))


def in_place(store: SnapshotStore, epoch: int) -> None:
    """Save as one would without thinking: straight into the file."""
    with (store.folder / f"epoch-{epoch:06}.snapshot").open("wb") as file:
        data = encode(made(epoch, SIZE))
        for start in range(0, len(data), 4096):
            file.write(data[start : start + 4096])


def child(store: SnapshotStore, first: int, told: int, save: Save) -> int:
    """Fork a process that saves epoch after epoch, telling each that is done; return its id."""
    pid = os.fork()
    if pid == 0:
        try:
            for epoch in itertools.count(first):
                save(store, epoch)
                os.write(told, epoch.to_bytes(4))
        finally:
            os._exit(1)
    return pid


def killed(store: SnapshotStore, first: int, after: float, save: Save) -> int:
    """Kill a saving child after so many seconds and return the last epoch that it had done."""
    listens, told = os.pipe()
    pid = child(store, first, told, save)
    os.close(told)
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    with os.fdopen(listens, "rb") as pipe:
        done = pipe.read()
    return int.from_bytes(done[-4:]) if done else first - 1


def measure(folder: Path, kills: int, seed: int, save: Save) -> dict[str, int]:
    """Return how many kills left no whole snapshot, another one than was saved, one too old, damage, or parts."""
    rng = random.Random(seed)
    figures = {"kills": 0, "bad": 0, "lost": 0, "torn": 0, "parts": 0, "cut short": 0}
    while figures["kills"] < kills:
        store = SnapshotStore(folder / str(figures["kills"]), EpochRecord)
        store.folder.mkdir()
        began = time.monotonic()
        store.save(made(0, SIZE))
        longest = 3 * (time.monotonic() - began) + 0.004
        newest = 0
        for _ in range(min(ROUND, kills - figures["kills"])):
            figures["kills"] += 1
            done = killed(store, newest + 1, rng.uniform(0, longest), save)
            figures["cut short"] += any(store.folder.glob(f"{PART}*"))
            store.tidy()
            figures["parts"] += any(store.folder.glob(f"{PART}*"))
            notices: list[str] = []
            try:
                found = store.newest(notices.append)
            except JenaError:
                figures["bad"] += 1
                break
            figures["bad"] += not same(found, made(found.epoch, SIZE))
            figures["lost"] += found.epoch < done
            figures["torn"] += len(notices)
            newest = found.epoch
    return figures


if __name__ == "__main__":
    where, kills, seed, how = sys.argv[1:]
    figures = measure(Path(where), int(kills), int(seed), {"atomic": atomic, "in-place": in_place}[how])
    json.dump(figures, sys.stdout)
