"""Paths that a user names: what is there, and what would be replaced."""

import os
from pathlib import Path

import pytest

from jena_rnn.base.errors import FileError
from jena_rnn.base.paths import absent, read_given, refuse_existing, refuse_source, require_space


def test_a_file_that_a_user_names_is_read_through_links(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert read_given(tmp_path / "file") == read_given(tmp_path / "link") == b"x"
    for name, message in {"none": "No such file", ".": "Not a regular file"}.items():
        with pytest.raises(FileError, match=f"cannot be read: {message}"):
            read_given(tmp_path / name)


def test_a_broken_link_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "left").symlink_to("gone")
    assert absent(tmp_path / "left") == "a symbolic link that leads nowhere"
    assert [absent(tmp_path / "gone"), absent(tmp_path / "gone", "no config")] == ["no such file", "no config"]


def test_what_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    refuse_existing(tmp_path / "gone", force=False)
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    link.symlink_to(tmp_path / "gone")
    for there in (file, link):
        refuse_existing(there, force=True)
        with pytest.raises(FileError, match="exists already; --force replaces it"):
            refuse_existing(there, force=False)


@pytest.mark.parametrize("force", [True, False])
def test_folders_pipes_and_devices_are_never_replaced(tmp_path: Path, force: bool) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for there in (tmp_path, pipe, link, Path(os.devnull)):
        with pytest.raises(FileError, match="a folder, pipe or device is not replaced"):
            refuse_existing(there, force=force)


def test_data_that_is_read_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "station.csv").write_text("t,T\n")
    (tmp_path / "link").symlink_to("data")
    for path, source in (("link/station.csv", "data/station.csv"), ("data/new.csv", "link"), ("data", "data")):
        with pytest.raises(FileError, match="part of the data and not replaced"):
            refuse_source(tmp_path / path, tmp_path / source)
    refuse_source(tmp_path / "data.csv", tmp_path / "data")
    refuse_source(tmp_path / "data" / "new.csv", tmp_path / "data" / "station.csv")


def test_too_little_space_is_refused_with_both_figures(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    require_space(tmp_path / "not" / "yet there", 1)
    with pytest.raises(FileError, match=r"MB are free, but this run needs about 1000000000000\.0 MB"):
        require_space(tmp_path, 10**18)
