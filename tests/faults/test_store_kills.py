"""kill -9 at any moment of saving: what was saved before loads, to the last bit."""

import json
import subprocess
import sys
from pathlib import Path

from made import figure

SCRIPT = Path(__file__).with_name("store_kills.py")


def _measured(folder: Path, kills: int, how: str) -> dict[str, int]:
    command = [sys.executable, str(SCRIPT), str(folder), str(kills), "1", how]
    found: dict[str, int] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def test_no_kill_leaves_a_bad_snapshot_or_loses_a_finished_one(tmp_path: Path) -> None:
    kills = figure(300, 10_000)
    found = _measured(tmp_path, kills, "atomic")
    assert found.pop("cut short") > kills / 20, "kills hardly ever came while a file was being written"
    assert found == {"kills": kills, "bad": 0, "lost": 0, "torn": 0, "parts": 0}


def test_kills_do_find_files_that_are_written_in_place(tmp_path: Path) -> None:
    found = _measured(tmp_path, 100, "in-place")
    assert found["torn"] > 0
