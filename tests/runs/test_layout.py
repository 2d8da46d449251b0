"""A run directory as a whole: recognised, cleared, taken back."""

import errno
import os
import re
from pathlib import Path
from typing import Any

import pytest

from jena_rnn.base.errors import FileError, NothingToResumeError, RunError
from jena_rnn.runs.layout import beginning, clear, require_run


def test_of_folders_that_cannot_be_read_the_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "snapshot").mkdir()
    real = os.listdir

    def refuse(path: Any) -> list[str]:
        if Path(path).name == "snapshot":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path)

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(FileError, match=f"{re.escape(str(tmp_path / 'snapshot'))}: cannot be read: Permission denied"):
        require_run(tmp_path)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such run directory"):
        require_run(tmp_path / "gone")
    with pytest.raises(RunError, match="not a run directory"):
        require_run(tmp_path)


def test_a_run_that_was_ended_before_its_training_is_nothing_to_resume(tmp_path: Path) -> None:
    clear(tmp_path)
    with pytest.raises(NothingToResumeError, match="was ended before its training began; train it anew") as caught:
        require_run(tmp_path)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("made", [(), ("plots",), ("plots", "snapshot")])
def test_so_is_one_that_was_ended_while_its_folders_were_made(tmp_path: Path, made: tuple[str, ...]) -> None:
    (tmp_path / ".lock").touch()
    for folder in made:
        (tmp_path / folder).mkdir()
    with pytest.raises(NothingToResumeError, match="was ended before its training began; train it anew"):
        require_run(tmp_path)


def test_what_is_cleared_is_what_a_run_leaves(tmp_path: Path) -> None:
    for name in ("notes.txt", "report.md", "run.json"):
        (tmp_path / name).write_text("mine")
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "loss.png").write_text("old")
    clear(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        *("notes.txt", "plots", "snapshot"),
    ]


def test_a_beginning_that_fails_leaves_nothing_but_what_is_of_others(tmp_path: Path) -> None:
    run, other = tmp_path / "run", tmp_path / "other"
    for folder in (run, other):
        folder.mkdir()
    (other / "notes.txt").write_text("mine")

    def fail(folder: Path) -> None:
        with beginning(folder):
            (folder / "config.yaml").write_text("seed: 3")
            (folder / "snapshot" / "x").write_text("half")
            raise KeyboardInterrupt

    for folder in (run, other):
        with pytest.raises(KeyboardInterrupt):
            fail(folder)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["other", "other/notes.txt"]
