"""Run every shipped config for a few steps through the real command: on the made-up station, then on real rows.

The real rows are `jena_prefix.csv` in the folder that JENA_RNN_REAL_DATA names; without it that half is left out.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 30.0
"""Seconds that a smoke run may take on two cores."""


def main() -> int:
    """Return 0 if every run ended well and in time."""
    configs = sorted((Path(__file__).parent.parent / "configs").glob("**/*.yaml"))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        truncated = Path(folder) / "made_up.csv"
        _run(["sample", str(truncated), "--rows", "20000"])
        series = [truncated]
        real = Path(os.environ.get("JENA_RNN_REAL_DATA", "")) / "jena_prefix.csv"
        if real.is_file():
            series.append(real)
        else:
            print("smoke: JENA_RNN_REAL_DATA names no folder with jena_prefix.csv; real rows are left out")
        for data in series:
            for config in configs:
                failed += _smoke(config, data, Path(folder) / "runs")
    ran = len(series) * len(configs)
    print(f"smoke: {ran - failed} passed, {failed} failed")
    return 1 if failed else 0


def _smoke(config: Path, data: Path, runs: Path) -> int:
    began = time.monotonic()
    done = _run(["train", str(config), "--data", str(data), "--smoke", "--quiet", "--force", "--runs-dir", str(runs)])
    seconds = time.monotonic() - began
    good = done.returncode == 0 and seconds < LIMIT
    head = done.stdout.partition("\n")[0] if done.returncode == 0 else done.stderr
    print(f"{'ok  ' if good else 'FAIL'} {seconds:5.1f} s  {data.name:15}  {head.rstrip()}", flush=True)
    return 0 if good else 1


def _run(arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "jena_rnn", *arguments], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
