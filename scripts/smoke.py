"""Run every shipped config for a few steps through the real command: on made-up data, then on real data.

Real data are `jena_prefix.csv` and `imdb.npz` in the folder that JENA_RNN_REAL_DATA names; without it that half is
left out.
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
    configs = Path(__file__).parent.parent / "configs"
    forecasts, reviews = sorted(configs.glob("*.yaml")), sorted(configs.glob("imdb/*.yaml"))
    passed: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        truncated, runs = Path(folder) / "made_up.csv", Path(folder) / "runs"
        _run(["sample", str(truncated), "--rows", "20000"])
        passed += [_smoke(config, ["--data", str(truncated)], runs) for config in forecasts]
        passed += [_smoke(config, ["--sample"], runs) for config in reviews]
        real = Path(os.environ.get("JENA_RNN_REAL_DATA", ""))
        if (real / "jena_prefix.csv").is_file():
            passed += [_smoke(config, ["--data", str(real / "jena_prefix.csv")], runs) for config in forecasts]
            passed += [_smoke(config, ["--data", str(real / "imdb.npz")], runs) for config in reviews]
        else:
            print("smoke: JENA_RNN_REAL_DATA names no folder with jena_prefix.csv; real data are left out")
    print(f"smoke: {sum(passed)} passed, {passed.count(False)} failed")
    return 0 if all(passed) else 1


def _smoke(config: Path, data: list[str], runs: Path) -> bool:
    began = time.monotonic()
    done = _run(["train", str(config), *data, "--smoke", "--quiet", "--force", "--runs-dir", str(runs)])
    seconds = time.monotonic() - began
    good = done.returncode == 0 and seconds < LIMIT
    head = done.stdout.partition("\n")[0] if done.returncode == 0 else done.stderr
    print(f"{'ok  ' if good else 'FAIL'} {seconds:5.1f} s  {head.rstrip()}", flush=True)
    return good


def _run(arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "jena_rnn", *arguments], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
