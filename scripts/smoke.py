"""Run every shipped config for a few steps through the real command: on made-up data, then on real data.

Two runs go side by side. Real data are `jena_prefix.csv` and `imdb.npz` in the folder that JENA_RNN_REAL_DATA names;
without it that half is left out.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 2
LIMIT = 60.0
"""Seconds that a run may take on two cores, another run beside it."""


def main() -> int:
    """Return 0 if every run ended well and in time."""
    configs = Path(__file__).parent.parent / "configs"
    forecasts, reviews = sorted(configs.glob("*.yaml")), sorted(configs.glob("imdb/*.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        truncated, runs = Path(folder) / "made_up.csv", Path(folder) / "runs"
        _run(["sample", str(truncated), "--rows", "20000"])
        wanted = [(config, ["--data", str(truncated)]) for config in forecasts]
        wanted += [(config, ["--sample"]) for config in reviews]
        real = Path(os.environ.get("JENA_RNN_REAL_DATA", ""))
        if (real / "jena_prefix.csv").is_file():
            wanted += [(config, ["--data", str(real / "jena_prefix.csv")]) for config in forecasts]
            wanted += [(config, ["--data", str(real / "imdb.npz")]) for config in reviews]
        else:
            print("smoke: JENA_RNN_REAL_DATA names no folder with jena_prefix.csv; real data are left out")
        with ThreadPoolExecutor(AT_ONCE) as threads:
            folders = [runs / str(number) for number in range(len(wanted))]
            passed = list(threads.map(lambda pair, folder: _smoke(*pair, folder), wanted, folders))
    print(f"smoke: {sum(passed)} passed, {passed.count(False)} failed")
    return 0 if all(passed) else 1


def _smoke(config: Path, data: list[str], runs: Path) -> bool:
    began = time.monotonic()
    done = _run(["train", str(config), *data, "--smoke", "--quiet", "--runs-dir", str(runs)])
    seconds = time.monotonic() - began
    good = done.returncode == 0 and seconds < LIMIT
    head = done.stdout.partition("\n")[0] if done.returncode == 0 else f"{config}: {done.stderr}"
    print(f"{'ok  ' if good else 'FAIL'} {seconds:5.1f} s  {head.rstrip()}\n", end="", flush=True)
    return good


def _run(arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "jena_rnn", *arguments], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
