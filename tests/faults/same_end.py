"""What a finished run left, as bits: everything but how long it took and when it ran."""

from pathlib import Path
from typing import Any

from made import same, untimed

from jena_rnn.reports.report import render
from jena_rnn.runs.rundir import RunDir

TIMES = {"seconds", "seconds_per_epoch"}


def differences(one: Path, other: Path) -> list[str]:
    """Return what two runs do not have in common to the last bit."""
    a, b = RunDir(one), RunDir(other)
    kept = [sorted(path.name for path in (run.path / "snapshot").iterdir()) for run in (a, b)]
    alike = {
        "history": untimed(a.history()) == untimed(b.history()),
        "newest snapshot": same(a.snapshots.newest(), b.snapshots.newest()),
        "best snapshot": same(a.snapshots.best(), b.snapshots.best()),
        "kept snapshots": kept[0] == kept[1],
        "predictions": (one / "predictions.csv").read_bytes() == (other / "predictions.csv").read_bytes(),
        "metrics": _untimed(a.metrics()) == _untimed(b.metrics()),
        "report": _figures(a) == _figures(b),
    }
    return [name for name, equal in alike.items() if not equal]


def _untimed(metrics: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (metrics or {}).items() if name not in TIMES}


def _figures(run: RunDir) -> list[str]:
    """Return the report's first line and its tables."""
    lines = render(run).splitlines()
    return [line for line in lines if line.startswith(("# ", "| ")) and "second" not in line]
