"""A run directory: all that is written into it and read back. Files appear whole or not at all.

run = RunDir.create(Path("runs"), "gru", seed=0)
with run.locked(), beginning(run.path): run.write_history(rows)
RunDir.open(run.path).history()
"""

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from jena_rnn.base.errors import ConfigError, FileError, RunError
from jena_rnn.base.files import (
    atomic,
    locked,
    make_folder,
    read_bytes,
    refuse_link,
    remove_parts,
    replacing,
    save_figure,
)
from jena_rnn.base.messages import one_line, reason, shortened
from jena_rnn.config.experiment import Experiment
from jena_rnn.config.loading import digest_of, dump
from jena_rnn.runs import saved_json
from jena_rnn.runs.layout import (
    CONFIG,
    DIVERGED,
    HISTORY,
    INFO,
    LOCK,
    METRICS,
    MODEL,
    PLOTS,
    PREDICTIONS,
    REPORT,
    SNAPSHOT,
    TENSORBOARD,
    WORDS,
    new_folder,
    require_run,
)
from jena_rnn.runs.snapshots import Snapshot, SnapshotStore
from jena_rnn.runs.words import words_text
from jena_rnn.tasks import TASKS, Table, Task, parse, task_named
from jena_rnn.training.history import Record, history_from, history_text

T = TypeVar("T")

TRAINED = "config_sha256"
LONGEST = 400
"""Characters of an error about a damaged file."""


class RunDir:
    """One run's directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs: Path, name: str, seed: int, *, force: bool = False) -> "RunDir":
        """Create `runs/<name>-<UTC stamp>-s<seed>/`, always a new one unless `force`; raises FileError."""
        return cls(new_folder(runs, name, seed, force=force))

    @classmethod
    def open(cls, path: Path) -> "RunDir":
        """Return an existing run; raises as `require_run` does."""
        require_run(path)
        return cls(path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing the run; raises BusyError at once if one is writing it."""
        with locked(self.path / LOCK):
            remove_parts(self.path)
            plots = self.path / PLOTS
            if plots.is_dir() and not plots.is_symlink():
                remove_parts(plots)
            yield

    def refuse_busy(self) -> None:
        """Raise BusyError if another process is writing the run; a run that can only be read is fine."""
        with suppress(FileError), locked(self.path / LOCK):
            pass

    def write_config(self, config: Experiment) -> None:
        """Write the resolved config; it runs again as it is."""
        self._write(CONFIG, dump(config))

    def config(self) -> Experiment:
        """Return the run's config; raises ConfigError if someone broke it, or made another one of it."""
        with self._reading(CONFIG) as path:
            text = read_bytes(path).decode()
        config = parse(text, str(self.path / CONFIG))
        info = self.info()
        if info["task"] != config.task or (info.get(TRAINED) or digest_of(config)) != digest_of(config):
            raise self._another_config()
        return config

    def _another_config(self) -> ConfigError:
        return ConfigError(f"{self.path}: {CONFIG} is not the one that was trained; train it as a new run")

    def write_info(self, info: dict[str, Any]) -> None:
        """Write run.json: command, versions, machine, data."""
        self._write(INFO, _json(info))

    def info(self) -> dict[str, Any]:
        """Return run.json; raises RunError if it is missing or damaged."""
        with self._reading(INFO) as path:
            text = read_bytes(path)
            task = saved_json.loaded(text, saved_json.INFO)["task"]
            if task not in TASKS:
                raise ValueError(f"task: expected {' or '.join(TASKS)}, got {task!r}")
            return saved_json.loaded(text, task_named(task).info)

    @property
    def _task(self) -> Task:
        return task_named(self.info()["task"])

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """Write metrics.json, the last file of a finished run; raises ValueError for NaN and infinity."""
        self._write(METRICS, _json(metrics))

    def metrics(self) -> dict[str, Any] | None:
        """Return metrics.json, or None for a run that has not finished; raises RunError if it is damaged."""
        if not self._has(METRICS):
            return None
        keys = (*saved_json.METRICS, *self._task.metrics)
        with self._reading(METRICS) as path:
            return saved_json.loaded(read_bytes(path), keys)

    def write_divergence(self, said: str) -> None:
        """Write why the training diverged."""
        self._write(DIVERGED, one_line(said) + "\n")

    def divergence(self) -> str | None:
        """Return why the training diverged, or None if it did not."""
        if not self._has(DIVERGED):
            return None
        with self._reading(DIVERGED) as path:
            return one_line(read_bytes(path).decode().strip())

    def write_words(self, words: Sequence[str]) -> None:
        """Write words.json, the vocabulary by rank, if there is one."""
        if words:
            self._write(WORDS, words_text(words))

    def words(self) -> tuple[str, ...]:
        """Return the vocabulary by rank, empty for a run without words; raises RunError if it is missing or damaged."""
        known = self.info()["data"].get("words_sha256")
        if known is None:
            return ()
        with self._reading(WORDS) as path:
            text = read_bytes(path)
            if hashlib.sha256(text).hexdigest() != known:
                raise ValueError(f"not the words that {INFO} knows")
            return tuple(json.loads(text))

    def write_history(self, rows: Sequence[Record]) -> None:
        """Write history.csv, one line for each epoch."""
        self._write(HISTORY, history_text(rows, self._task.record))

    def history(self) -> list[Record]:
        """Return the epochs so far, empty before the first; raises RunError if history.csv is lost or damaged."""
        if not self._has(HISTORY) and not self.snapshots.begun():
            return []
        form = self._task.record
        with self._reading(HISTORY) as path:
            return history_from(read_bytes(path).decode(), form)

    def epochs(self) -> int:
        """Return how many epochs are finished."""
        metrics = self.metrics()
        return len(self.history()) if metrics is None else int(metrics["epochs"])

    def write_predictions(self, predictions: Table) -> None:
        """Write predictions.csv, the model's outputs for the test samples."""
        with atomic(self.path / PREDICTIONS) as file:
            predictions.write(file)

    def predictions(self, read: Callable[[IO[bytes]], T]) -> T:
        """Return what `read` makes of predictions.csv; raises RunError if the file is missing or damaged."""
        with self._reading(PREDICTIONS) as path:
            return read(io.BytesIO(read_bytes(path)))

    def is_whole(self) -> bool:
        """Return whether the run has finished and all its files are there."""
        try:
            self.words()
            return self.metrics() is not None and all(map(self._has, (HISTORY, PREDICTIONS, MODEL)))
        except RunError:
            return False

    @property
    def snapshots(self) -> SnapshotStore:
        """The snapshots, from which `resume` goes on and `evaluate` takes the weights."""
        return SnapshotStore(self.path / SNAPSHOT, self._task.record)

    def require_own(self, snapshot: Snapshot) -> None:
        """Raise RunError unless `snapshot` belongs to this run's config and data."""
        found = f"{self.path / SNAPSHOT}: the snapshot of epoch {snapshot.epoch} belongs to"
        if snapshot.config != digest_of(self.config()):
            raise RunError(f"{found} another run")
        if snapshot.data != self.info()["data"]["sha256"]:
            raise RunError(f"{found} other data than {INFO} names")

    def write_model(self, save: Callable[[str], None]) -> None:
        """Write model.keras with `save`, which takes a path; raises FileError."""
        with replacing(self.path / MODEL) as temporary:
            save(str(temporary))

    def write_report(self, text: str) -> Path:
        """Write the report and return its path."""
        return self._write(REPORT, text)

    def write_plot(self, name: str, figure: Any) -> Path:
        """Save a matplotlib figure as `plots/<name>.png` and return its path."""
        path = self.path / PLOTS / f"{name}.png"
        make_folder(path.parent)
        refuse_link(path.parent)
        save_figure(path, figure)
        return path

    @property
    def tensorboard(self) -> Path:
        """The folder of TensorBoard's event files."""
        return self.path / TENSORBOARD

    def _write(self, name: str, text: str) -> Path:
        with atomic(self.path / name) as file:
            file.write(text.encode(errors="backslashreplace"))  # a path in it may hold undecodable bytes
        return self.path / name

    def _has(self, name: str) -> bool:
        return os.path.lexists(self.path / name)

    @contextmanager
    def _reading(self, name: str) -> Iterator[Path]:
        """Yield a file's path; a missing or damaged file raises RunError, one that cannot be read FileError."""
        path = self.path / name
        try:
            yield path
        except FileNotFoundError:
            raise RunError(f"{path}: missing; the run did not get that far, or the file was deleted") from None
        except OSError as error:
            raise FileError(f"{path}: cannot be read: {reason(error)}") from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise RunError(f"{path}: damaged: {shortened(str(error), LONGEST)}") from None


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, allow_nan=False) + "\n"
