"""Paths that a user names: what is there, what would be replaced, what the system does not say."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from jena_rnn.base.errors import FileError
from jena_rnn.base.paths import (
    absent,
    is_file,
    is_folder,
    read_given,
    refuse_existing,
    refuse_source,
    require_space,
    there,
)


def test_too_little_space_is_told_with_both_figures(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    with pytest.raises(FileError, match=r"MB are free, but this run needs about 1000000000000\.0 MB"):
        require_space(tmp_path, 10**18)
    require_space(tmp_path / "still" / "to be made", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_the_system_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written: File name too long"):
        refuse_existing(tmp_path / ("x" * 300), force=False)


def test_a_link_to_nothing_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "left").symlink_to("gone")
    assert [absent(tmp_path / name) for name in ("loop", "left")] == ["a symbolic link that leads nowhere"] * 2
    assert [absent(tmp_path / "gone"), absent(tmp_path / "gone", "no config")] == ["no such file", "no config"]


def test_a_file_that_a_user_names_is_read_through_links_and_else_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "loop").symlink_to("loop")
    assert read_given(tmp_path / "file") == read_given(tmp_path / "link") == b"x"
    for name, told in {"loop": "Too many levels", "none": "No such file", ".": "Not a regular file"}.items():
        with pytest.raises(FileError, match=f"cannot be read: {told}"):
            read_given(tmp_path / name)


def test_what_the_system_does_not_say_of_a_path_is_a_file_error(tmp_path: Path) -> None:
    beyond = tmp_path / ("a" * 300)
    (tmp_path / "file").touch()
    for question in (there, is_folder, is_file):
        with pytest.raises(FileError, match="cannot be read: File name too long"):
            question(beyond)
        assert question(tmp_path / "file" if question is is_file else tmp_path)
        assert not question(tmp_path / "nothing")


def test_letters_that_names_of_files_cannot_have_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def encoded(path: Path) -> bytes:
        return str(path).encode("ascii")

    monkeypatch.setattr("jena_rnn.base.paths.os.fsencode", encoded)
    monkeypatch.setattr("jena_rnn.base.paths.sys.getfilesystemencoding", lambda: "ascii")
    with pytest.raises(FileError, match=r"ü\.csv: holds letters that names of files cannot have in ascii"):
        there(Path("ü.csv"))


def test_what_is_read_is_not_replaced_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "station.csv").write_text("t,T\n")
    (tmp_path / "link").symlink_to("data")
    (tmp_path / "outside.txt").write_text("a text")
    (tmp_path / "data" / "text.txt").symlink_to(tmp_path / "outside.txt")
    for path, source in (
        ("outside.txt", "data"),
        ("link/station.csv", "data/station.csv"),
        ("data/new.csv", "link"),
        ("data", "data"),
    ):
        with pytest.raises(FileError, match="is of the data that is read"):
            refuse_source(tmp_path / path, tmp_path / source)
    refuse_source(tmp_path / "data.csv", tmp_path / "data")
    refuse_source(tmp_path / "data" / "new.csv", tmp_path / "data" / "station.csv")


@pytest.mark.parametrize(("files", "free", "refused"), [(1000, 5, True), (1000, 500, False), (0, 0, False)])
def test_room_for_too_few_files_is_told_where_they_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, free: int, refused: bool
) -> None:
    disk = SimpleNamespace(f_frsize=4096, f_blocks=1 << 21, f_bavail=1 << 20, f_files=files, f_favail=free)
    monkeypatch.setattr("jena_rnn.base.paths.os.statvfs", lambda folder: disk)
    if refused:
        with pytest.raises(FileError, match=f"{tmp_path}: 5 more files have room on this disk"):
            require_space(tmp_path / "runs", 1000)
    else:
        require_space(tmp_path / "runs", 1000)


@pytest.mark.parametrize("blocks", [0, 1000])
def test_room_is_asked_of_disks_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int) -> None:
    disk = SimpleNamespace(f_frsize=4096, f_blocks=blocks, f_bavail=0, f_files=0, f_favail=0)
    monkeypatch.setattr("jena_rnn.base.paths.os.statvfs", lambda folder: disk)
    if blocks:
        with pytest.raises(FileError, match=r"0\.0 MB are free, but this run needs about 1\.0 MB"):
            require_space(tmp_path, 1_000_000)
    else:  # /proc, say
        require_space(tmp_path, 1_000_000)
