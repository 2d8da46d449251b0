"""A run directory: every write and every reading of what a trained config leaves behind.

Files appear whole or not at all: written under a temporary name beside their place, then moved.

    run = RunDir.create(Path("runs"), "gru", seed=0)
    with run.locked(), beginning(run.path): run.write_history(rows)
    RunDir.open(run.path).history()
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from jena_rnn.runs import shapes
from jena_rnn.config.loading import digest_of, dump
from jena_rnn.base.errors import ConfigError, FileError, RunError
from jena_rnn.runs.exports import export, is_intact
from jena_rnn.base.files import atomic, make_folder, read_bytes, refuse_link, remove_parts, save_figure
from jena_rnn.runs.folder import Folder
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
    SEALED,
    SNAPSHOT,
    TENSORBOARD,
    WORDS,
    require_run,
)
from jena_rnn.base.locks import locked
from jena_rnn.base.messages import one_line
from jena_rnn.runs.naming import new_folder
from jena_rnn.runs.words import words_text
from jena_rnn.config.experiment import Experiment
from jena_rnn.runs.snapshots import Snapshot, SnapshotStore
from jena_rnn.tasks import Table, parse, task_named
from jena_rnn.training.history import Record, history_from, history_text

T = TypeVar("T")

TRAINED = "config_sha256"


class RunDir:
    """One run's directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder = Folder(path)

    @classmethod
    def create(cls, runs: Path, name: str, seed: int, *, force: bool = False) -> "RunDir":
        """Make `runs/<name>-<UTC stamp>-s<seed>/`, never one that exists, unless `force`; raises FileError."""
        return cls(new_folder(runs, name, seed, force=force))

    @classmethod
    def open(cls, path: Path) -> "RunDir":
        """Return an existing run; raises as `require_run` does if `path` holds none."""
        require_run(path)
        return cls(path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing the run; raises BusyError at once if one is. Dies with its holder."""
        with locked(self.path / LOCK):
            remove_parts(self.path)
            plots = self.path / PLOTS
            if plots.is_dir() and not plots.is_symlink():
                remove_parts(plots)
            yield

    def refuse_busy(self) -> None:
        """Raise BusyError if another process is writing the run: told at once, not when all that is needed is loaded.

        A run that only cannot be written may still be read.
        """
        with suppress(FileError), locked(self.path / LOCK):
            pass

    def write_config(self, config: Experiment) -> None:
        """Write the resolved config; it runs again as it is."""
        self._folder.write_text(CONFIG, dump(config))

    def config(self) -> Experiment:
        """Return the run's config; raises ConfigError if someone broke it, or made another one of it."""
        with self._folder.reading(CONFIG) as path:
            text = read_bytes(path).decode()
        config = parse(text, str(self.path / CONFIG))
        info = self.info()
        if info["task"] != config.task or (info.get(TRAINED) or digest_of(config)) != digest_of(config):
            raise self._another_config()
        return config

    def _another_config(self) -> ConfigError:
        return ConfigError(f"{self.path}: {CONFIG} is not the one that was trained; train it as a new run")

    def write_info(self, info: dict[str, Any]) -> None:
        """Write where the run came from: command, versions, machine, data."""
        self._folder.write_json(INFO, info)

    def info(self) -> dict[str, Any]:
        """Return what `write_info` wrote."""
        return self._folder.read_json(INFO, shapes.of_info)

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """Write the errors of the finished run, last of all files, and the checksums of those that belong to it."""
        sums = {name: self._folder.digest(name) for name in SEALED}
        self._folder.write_json(METRICS, metrics | {"files": sums})

    def metrics(self) -> dict[str, Any] | None:
        """Return the errors, or None for a run that has not finished."""
        if not self._folder.has(METRICS):
            return None
        task = self.info()["task"]
        return self._folder.read_json(METRICS, lambda found: shapes.of_metrics(found, task))

    def write_divergence(self, said: str) -> None:
        """Write why the training ended before its last epoch; what goes on takes it away."""
        self._folder.write_text(DIVERGED, one_line(said) + "\n")

    def divergence(self) -> str | None:
        """Return what `write_divergence` wrote, or None for a run that did not diverge."""
        if not self._folder.has(DIVERGED):
            return None
        with self._folder.reading(DIVERGED) as path:
            return one_line(read_bytes(path).decode().strip())

    def write_words(self, words: Sequence[str]) -> None:
        """Write the words that samples are made of, by rank, if they are."""
        if words:
            self._folder.write_text(WORDS, words_text(words))

    def words(self) -> tuple[str, ...]:
        """Return what `write_words` wrote, nothing for a run without words; raises RunError if it is damaged."""
        known = self.info()["data"].get("words_sha256")
        if known is None:
            return ()
        with self._folder.reading(WORDS) as path:
            text = read_bytes(path)
            if hashlib.sha256(text).hexdigest() != known:
                raise ValueError(f"not the words that {INFO} knows")
            words = shapes.plain_json(text)
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise ValueError("expected a list of texts")
            return tuple(words)

    @property
    def _form(self) -> type[Record]:
        """The record of the run's task."""
        return task_named(self.info()["task"]).record

    def write_history(self, rows: Sequence[Record]) -> None:
        """Write history.csv, one line for each epoch."""
        self._folder.write_text(HISTORY, history_text(rows, self._form))

    def history(self) -> list[Record]:
        """Return the epochs so far, empty before the first; raises RunError if it is not what the run wrote."""
        if not self._folder.has(HISTORY) and self.metrics() is None and not self.snapshots.begun():
            return []
        with self._sealed(HISTORY) as text:
            return history_from(text.decode(), self._form)

    def epochs(self) -> int:
        """Return how many epochs are finished, by what stands beside the snapshots."""
        metrics = self.metrics()
        return len(self.history()) if metrics is None else int(metrics["epochs"])

    def write_predictions(self, predictions: Table) -> None:
        """Write what the model says of the test samples."""
        with atomic(self.path / PREDICTIONS) as file:
            predictions.write(file)

    def predictions(self, read: Callable[[IO[bytes]], T]) -> T:
        """Return what the model says of the test samples, as `read` reads it; raises RunError if it is damaged."""
        with self._sealed(PREDICTIONS) as data:
            return read(io.BytesIO(data))

    @contextmanager
    def _sealed(self, name: str) -> Iterator[bytes]:
        """Give the bytes of a file; of a finished run, they must be those that the run wrote."""
        metrics = self.metrics()
        with self._folder.reading(name) as path:
            data = read_bytes(path)
            if metrics is not None and hashlib.sha256(data).hexdigest() != metrics["files"][name]:
                raise ValueError(f"not what the run wrote, by its checksum in {METRICS}")
            yield data

    def is_whole(self) -> bool:
        """Return whether the run has finished, and what it left is all there, can be read, and is what it wrote."""
        try:
            metrics = self.metrics()
            if metrics is None or any(self._folder.digest(name) != metrics["files"][name] for name in SEALED):
                return False
            self.words()
            with self._folder.reading(MODEL) as path:
                return is_intact(read_bytes(path, None))
        except (RunError, FileError):
            return False

    @property
    def snapshots(self) -> SnapshotStore:
        """What a training goes on from, and `evaluate` takes its weights from."""
        return SnapshotStore(self.path / SNAPSHOT, self._form)

    def require_own(self, snapshot: Snapshot) -> None:
        """Raise ConfigError unless `snapshot` is of this run's config, RunError unless of its data."""
        info, found = self.info(), f"{self.path / SNAPSHOT}: the snapshot of epoch {snapshot.epoch} is of"
        if snapshot.config != digest_of(self.config()):
            if not info.get(TRAINED):  # written before runs noted it: the snapshot alone knows what was trained
                raise self._another_config()
            raise RunError(f"{found} another run")
        if snapshot.data != info["data"]["sha256"]:
            raise RunError(f"{found} other data than {INFO} tells")

    def write_model(self, save: Callable[[str], None]) -> None:
        """Export the model by `save`, as `export` does."""
        export(self.path / MODEL, save)

    def write_report(self, text: str) -> Path:
        """Write the report and return its path."""
        return self._folder.write_text(REPORT, text)

    def write_plot(self, name: str, figure: Any) -> Path:
        """Save a matplotlib figure as `plots/<name>.png` and return its path."""
        path = self.path / PLOTS / f"{name}.png"
        make_folder(path.parent)
        refuse_link(path.parent)
        save_figure(path, figure)
        return path

    @property
    def tensorboard(self) -> Path:
        """Where TensorBoard's event files go."""
        return self.path / TENSORBOARD
