"""docs/extending.md: each diff applies to a copy of the program, touches three files at most, and its command works."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SECTIONS = {part.partition("\n")[0]: part for part in (ROOT / "docs" / "extending.md").read_text().split("\n## ")[1:]}
MOST_FILES = 3


def _info(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "run.json").read_text())
    return found


EFFECTS: dict[str, Callable[[Path, str], bool]] = {
    "A model in the zoo": lambda run, out: "5,153 parameters" in out,
    "An input feature computed from the times": lambda run, out: "cos of year" in _info(run)["data"]["columns"],
    "A config key": lambda run, out: "clip_norm: 1.0" in (run / "config.yaml").read_text(),
    "A metric in the report": lambda run, out: "RMSE on test: " in (run / "report.md").read_text(),
    "A third task": lambda run, out: _info(run)["task"] == "change",
}
"""What the command of each section must show or leave."""


def test_the_page_has_five_extensions() -> None:
    assert list(SECTIONS) == list(EFFECTS)


@pytest.mark.parametrize("title", EFFECTS)
def test_an_extension_works_as_written(tmp_path: Path, title: str) -> None:
    (change,) = re.findall(r"```diff\n(.*?)```", SECTIONS[title], re.DOTALL)
    (command,) = re.findall(r"```\n(jena-rnn .*)\n```", SECTIONS[title])
    for name in ("jena_rnn", "configs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert change.count("\n+++ ") <= MOST_FILES
    subprocess.run(["git", "apply", "-"], input=change, text=True, cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "jena_rnn", *shlex.split(command)[1:]],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (run,) = [*(tmp_path / "runs").glob("*")] or [tmp_path]
    assert EFFECTS[title](run, done.stdout)
