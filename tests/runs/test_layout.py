"""A run directory as a whole: named, created, cleared, taken away, recognised."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jena_rnn.base.errors import FileError, NothingToResumeError, RunError
from jena_rnn.runs import layout
from jena_rnn.runs.layout import beginning, clear, discard_results, new_folder, newest_first, require_run


class StillClock:
    """A clock that does not move."""

    def now(self, zone: object) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "datetime", StillClock())


def _all(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_runs_of_one_second_get_a_directory_each(tmp_path: Path, still_clock: None) -> None:
    made = [new_folder(tmp_path, "gru", 3, force=False) for _ in range(3)]
    assert [path.name for path in made] == [f"gru-20260102T03{time}Z-s3" for time in ("0459", "0500", "0501")]
    (tmp_path / "gru-20260102T030459Z-s30").mkdir()
    assert newest_first(tmp_path, "gru", 3) == made[::-1]
    assert newest_first(tmp_path / "none", "gru", 3) == []


def test_force_takes_the_same_directory_but_follows_no_link(tmp_path: Path, still_clock: None) -> None:
    path = new_folder(tmp_path, "gru", 3, force=False)
    assert new_folder(tmp_path, "gru", 3, force=True) == path
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileError, match="a symbolic link is not followed"):
        new_folder(tmp_path, "gru", 3, force=True)


@pytest.mark.parametrize("name", ["", "x" * 300])
def test_a_runs_directory_that_cannot_be_created_is_a_file_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(FileError, match="cannot be created"):
        new_folder(tmp_path if name else tmp_path / "runs", name or "gru", 0, force=False)


def test_clearing_removes_what_a_run_leaves_and_nothing_else(tmp_path: Path) -> None:
    for name in ("notes.txt", "report.md", "run.json"):
        (tmp_path / name).write_text("mine")
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "loss.png").write_text("old")
    clear(tmp_path)
    assert _all(tmp_path) == ["notes.txt", "plots", "snapshot"]
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=r"file.*: cannot be written: Not a directory"):
        clear(tmp_path / "file")


def test_a_beginning_that_fails_leaves_only_files_of_others(tmp_path: Path) -> None:
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
    assert _all(tmp_path) == ["other", "other/notes.txt"]


def test_before_a_run_goes_on_its_results_go_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "plots").mkdir()
    kept = ["history.csv", "plots/mine.png", "run.json"]
    for name in ("metrics.json", "model.keras", "diverged.txt", "plots/trace.png", *kept):
        (tmp_path / name).touch()
    discard_results(tmp_path)
    assert _all(tmp_path) == sorted(["plots", *kept])


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such run directory"):
        require_run(tmp_path / "gone")
    with pytest.raises(RunError, match="not a run directory"):
        require_run(tmp_path)


@pytest.mark.parametrize("made", [(".lock",), (".lock", "plots"), (".lock", "plots", "snapshot"), ("snapshot",)])
def test_a_run_that_was_ended_before_its_first_snapshot_is_nothing_to_resume(
    tmp_path: Path, made: tuple[str, ...]
) -> None:
    for name in made:
        (tmp_path / name).touch() if name == ".lock" else (tmp_path / name).mkdir()
    with pytest.raises(NothingToResumeError, match="stopped before its training began; train it anew") as caught:
        require_run(tmp_path)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("folder", ["plots", "snapshot", "tensorboard"])
def test_links_and_files_where_a_run_has_folders_are_refused(tmp_path: Path, folder: str) -> None:
    for name in ("config.yaml", "run.json"):
        (tmp_path / name).touch()
    require_run(tmp_path)
    (tmp_path / folder).touch()
    with pytest.raises(RunError, match=f"{folder}: expected a folder; move the file or link away"):
        require_run(tmp_path)
    (tmp_path / folder).unlink()
    (tmp_path / folder).symlink_to(tmp_path)
    with pytest.raises(FileError, match=f"{folder}: a symbolic link is not followed"):
        require_run(tmp_path)


@pytest.mark.parametrize("name", ["history.csv", "snapshot/epoch-000001.snapshot", ".lock"])
def test_a_file_that_a_run_keeps_is_not_replaced_by_output(tmp_path: Path, name: str) -> None:
    (tmp_path / "run.json").touch()
    with pytest.raises(FileError, match="belongs to the run"):
        layout.refuse_place_of_run(tmp_path / name)
    for free in ("mine.csv", "plots/two.png", "../history.csv"):
        layout.refuse_place_of_run(tmp_path / free)
