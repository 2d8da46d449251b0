"""A run directory: every file name, and every write, of what a trained config leaves behind.

Files appear whole or not at all: written under a temporary name beside their place, then moved.

    run = RunDir.create(Path("runs"), "gru", seed=0)
    run.write_history(rows)
    RunDir.open(run.path).history()
"""

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.config import dump, load
from jena_rnn.errors import FileError, RunError
from jena_rnn.records import EpochRecord, Predictions
from jena_rnn.schema import Config

CONFIG, INFO, HISTORY, METRICS = "config.yaml", "run.json", "history.csv", "metrics.json"
REPORT, PREDICTIONS, MODEL = "report.md", "predictions.csv", "model.keras"
PLOTS, SNAPSHOT, TENSORBOARD = "plots", "snapshot", "tensorboard"
BEST = "best.npz"
KNOWN = {CONFIG, INFO, HISTORY, METRICS, REPORT, PREDICTIONS, MODEL, PLOTS, SNAPSHOT, TENSORBOARD}


@contextmanager
def atomic(path: Path) -> Iterator[IO[bytes]]:
    """Open `path` for writing so that it is replaced at the end of the block, or not at all.

    Raises FileError naming the path where the file system refuses (full, read-only, no permission).
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        try:
            with temporary.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror or error}") from None


class RunDir:
    """One run's directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs: Path, name: str, seed: int, *, force: bool = False) -> "RunDir":
        """Make `runs/<name>-<UTC stamp>-s<seed>/`; raises RunError if it exists and `force` is not given.

        With `force`, what an earlier run left there is removed; files of another origin stay.
        """
        path = runs / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-s{seed}"
        if path.exists() and not force:
            raise RunError(f"{path}: exists already; --force replaces it")
        run = cls(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            for old in KNOWN & {entry.name for entry in path.iterdir()}:
                target = path / old
                shutil.rmtree(target) if target.is_dir() and not target.is_symlink() else target.unlink()
            (path / PLOTS).mkdir()
            (path / SNAPSHOT).mkdir()
        except OSError as error:
            raise FileError(f"{path}: cannot be made: {error.strerror or error}") from None
        return run

    @classmethod
    def open(cls, path: Path) -> "RunDir":
        """Return an existing run; raises RunError if `path` holds none."""
        if not path.is_dir():
            raise RunError(f"{path}: no such run directory")
        if not (path / CONFIG).is_file() or not (path / INFO).is_file():
            raise RunError(f"{path}: not a run directory (no {CONFIG} and {INFO} in it)")
        return cls(path)

    def write_config(self, config: Config) -> None:
        """Write the resolved config; it runs again as it is."""
        self._write_text(CONFIG, dump(config))

    def config(self) -> Config:
        """Return the run's config; raises ConfigError if someone broke it."""
        return load(self.path / CONFIG)

    def write_info(self, info: dict[str, Any]) -> None:
        """Write where the run came from: command, versions, machine, data."""
        self._write_text(INFO, _json(info))

    def info(self) -> dict[str, Any]:
        """Return what `write_info` wrote."""
        return self._read_json(INFO)

    def write_metrics(self, metrics: dict[str, Any]) -> None:
        """Write the errors of the finished run."""
        self._write_text(METRICS, _json(metrics))

    def metrics(self) -> dict[str, Any] | None:
        """Return the errors, or None for a run that has not finished."""
        return self._read_json(METRICS) if (self.path / METRICS).exists() else None

    def write_history(self, rows: Sequence[EpochRecord]) -> None:
        """Write one line for each epoch."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(EpochRecord.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
        self._write_text(HISTORY, text.getvalue())

    def history(self) -> list[EpochRecord]:
        """Return the epochs so far, empty before the first."""
        if not (self.path / HISTORY).exists():
            return []
        with self._reading(HISTORY) as path, path.open(newline="", encoding="utf-8") as file:
            return [EpochRecord.parse(row) for row in csv.DictReader(file)]

    def write_predictions(self, predictions: Predictions) -> None:
        """Write the test forecasts with their times."""
        with atomic(self.path / PREDICTIONS) as file:
            predictions.write(file)

    def predictions(self) -> Predictions:
        """Return the test forecasts; raises RunError if the run has none."""
        with self._reading(PREDICTIONS) as path, path.open("rb") as file:
            return Predictions.read(file)

    def write_best(self, weights: Sequence[NDArray[np.floating]]) -> None:
        """Write the weights of the best epoch so far, in the model's order."""
        with atomic(self.path / SNAPSHOT / BEST) as file:
            np.savez(file, allow_pickle=False, **{f"w{i:03}": array for i, array in enumerate(weights)})

    def best(self) -> list[NDArray[np.floating]]:
        """Return the best weights; raises RunError if there are none. Nothing in the file is ever executed."""
        with (
            self._reading(f"{SNAPSHOT}/{BEST}") as path,
            path.open("rb") as file,
            np.load(file, allow_pickle=False) as arrays,
        ):
            return [arrays[name] for name in sorted(arrays.files)]

    def write_model(self, save: Callable[[str], None]) -> None:
        """Export the model: `save` is given a path ending in .keras."""
        temporary = self.path / f".part-{MODEL}"
        try:
            save(str(temporary))
            temporary.replace(self.path / MODEL)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise FileError(f"{self.path / MODEL}: cannot be written: {error.strerror or error}") from None

    def write_report(self, text: str) -> Path:
        """Write the report and return its path."""
        return self._write_text(REPORT, text)

    def write_plot(self, name: str, figure: Any) -> Path:
        """Save a matplotlib figure as `plots/<name>.png` and return its path."""
        path = self.path / PLOTS / f"{name}.png"
        save_figure(path, figure)
        return path

    @property
    def tensorboard(self) -> Path:
        """Where TensorBoard's event files go."""
        return self.path / TENSORBOARD

    def _write_text(self, name: str, text: str) -> Path:
        with atomic(self.path / name) as file:
            file.write(text.encode())
        return self.path / name

    def _read_json(self, name: str) -> dict[str, Any]:
        with self._reading(name) as path:
            found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise RunError(f"{self.path / name}: damaged: expected a JSON object")
        return found

    @contextmanager
    def _reading(self, name: str) -> Iterator[Path]:
        path = self.path / name
        try:
            yield path
        except FileNotFoundError:
            raise RunError(f"{path}: missing; the run did not get that far") from None
        except OSError as error:
            raise FileError(f"{path}: cannot be read: {error.strerror or error}") from None
        except (ValueError, KeyError, EOFError) as error:
            raise RunError(f"{path}: damaged: {error}") from None


def save_figure(path: Path, figure: Any) -> None:
    """Save a matplotlib figure as PNG; raises FileError if it cannot be written."""
    with atomic(path) as file:
        figure.savefig(file, format="png", dpi=120)


def make_folder(path: Path) -> None:
    """Make a folder and its parents; raises FileError if it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot be made: {error.strerror or error}") from None


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
