"""`scripts/download_imdb.sh`: the promises of the Jena script, for two files whose fingerprints are published."""

import hashlib
import os
import random
import stat
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from download_server import (
    Script,
    Site,
    cut_once,
    dead_url,
    deaf,
    endless,
    meanwhile,
    needs_curl,
    no_room_for,
    not_https,
    redirect,
    serving,
    stall_after,
    whole,
)

pytestmark = needs_curl

# Bytes that no program could open as what they are called: the script must not want to.
NPZ, INDEX = random.Random(0).randbytes(40_000), random.Random(1).randbytes(20_000)
HALF = len(NPZ) // 2
CAP = 1 << 16
TAMPERED = NPZ[:HALF] + bytes([NPZ[HALF] ^ 1]) + NPZ[HALF + 1 :]
GOOD = {"imdb.npz": NPZ, "imdb_word_index.json": INDEX}
BOTH = sorted(GOOD)
KNOWN = {
    "NPZ_SIZE": len(NPZ),
    "NPZ_CAP": CAP,
    "NPZ_PRINT": hashlib.sha256(NPZ).hexdigest(),
    "INDEX_SIZE": len(INDEX),
    "INDEX_CAP": CAP,
    "INDEX_PRINT": hashlib.md5(INDEX, usedforsecurity=False).hexdigest(),
}


class Fetch(Script):
    """Runs the script towards a site."""

    def __init__(self, site: Site, folder: Path) -> None:
        super().__init__("imdb", site, folder)
        self.npz, self.index = (folder / name for name in GOOD)

    def __call__(
        self,
        *args: str,
        npz: tuple[str, ...] = ("/npz",),
        index: tuple[str, ...] = ("/index",),
        before: tuple[str, ...] = (),
        **known: object,
    ) -> subprocess.CompletedProcess[str]:
        urls = {"NPZ_URLS": npz, "INDEX_URLS": index}
        return self.run("-o", self.folder, *args, known=KNOWN | urls | known, before=before)

    def is_whole(self) -> bool:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()} == GOOD


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def fetch(site: Site, tmp_path: Path) -> Fetch:
    site.pages |= {"/npz": whole(NPZ), "/index": whole(INDEX)}
    return Fetch(site, tmp_path / "data")


def test_good_answers_leave_the_two_promised_files_and_nothing_else(site: Site, fetch: Fetch) -> None:
    done = fetch(npz=("/npz", "/never"), index=("/index", "/never"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("fingerprint matches") == 2
    assert fetch.is_whole()
    assert site.asked == [("/npz", 0), ("/index", 0)]
    umask = os.umask(0)
    os.umask(umask)
    assert {stat.S_IMODE(path.stat().st_mode) for path in fetch.folder.iterdir()} == {0o666 & ~umask}


def test_a_missing_folder_is_made(fetch: Fetch) -> None:
    fetch.folder = fetch.folder / "new folder"
    assert fetch().returncode == 0
    assert fetch.is_whole()


def test_what_the_script_knows_is_what_keras_asks_for(fetch: Fetch) -> None:
    keras = find_spec("keras")
    assert keras is not None
    assert keras.origin is not None
    theirs = Path(keras.origin).with_name("src").joinpath("datasets", "imdb.py").read_text()
    ours = fetch.path.read_text()
    for fact in (
        "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
        "bfafd718b763782e994055a2d397834f",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "imdb.npz",
        "imdb_word_index.json",
    ):
        assert fact in theirs
        assert fact in ours


# Broken transfers


def test_a_transfer_cut_off_midway_is_resumed_from_there(site: Site, fetch: Fetch) -> None:
    site.pages |= {"/npz": cut_once(NPZ, HALF), "/index": cut_once(INDEX, 1000)}
    assert fetch().returncode == 0
    assert site.asked == [("/npz", 0), ("/npz", HALF), ("/index", 0), ("/index", 1000)]
    assert fetch.is_whole()


def test_a_transfer_given_up_is_resumed_by_the_next_run(site: Site, fetch: Fetch) -> None:
    site.pages["/index"] = cut_once(INDEX, 1000)
    assert fetch(TRIES=1).returncode == 5
    assert fetch.left() == ["imdb.npz", "imdb_word_index.json.1.part"]
    assert fetch().returncode == 0
    assert site.asked == [("/npz", 0), ("/index", 0), ("/index", 1000)]  # the reviews need not come again
    assert fetch.is_whole()


def test_a_server_that_cannot_resume_is_asked_from_the_start(site: Site, fetch: Fetch) -> None:
    site.pages["/npz"] = deaf(NPZ)
    (fetch.folder / "imdb.npz.1.part").write_bytes(NPZ[:HALF])
    assert fetch().returncode == 0
    assert site.asked[:2] == [("/npz", HALF), ("/npz", 0)]
    assert fetch.is_whole()


@pytest.mark.parametrize("sent", [HALF, len(NPZ)], ids=["half of it", "all of it"])
def test_a_part_that_is_not_ours_never_gets_the_name(site: Site, fetch: Fetch, sent: int) -> None:
    (fetch.folder / "imdb.npz.1.part").write_bytes(bytes(sent))
    done = fetch(npz=("/npz",))
    assert done.returncode == 3
    assert fetch.left() == []  # so that the next run starts over
    assert fetch().returncode == 0
    assert fetch.is_whole()


def test_a_part_that_is_too_large_or_a_link_is_thrown_away(site: Site, fetch: Fetch) -> None:
    (fetch.folder / "imdb.npz.1.part").write_bytes(bytes(len(NPZ) + 1))
    elsewhere = fetch.folder.parent / "elsewhere"
    elsewhere.write_bytes(b"precious")
    (fetch.folder / "imdb_word_index.json.1.part").symlink_to(elsewhere)
    assert fetch().returncode == 0
    assert site.asked == [("/npz", 0), ("/index", 0)]
    assert elsewhere.read_bytes() == b"precious"
    assert fetch.is_whole()


def test_an_interrupt_keeps_only_what_is_good_and_the_part_that_can_be_resumed(site: Site, fetch: Fetch) -> None:
    site.pages["/index"] = stall_after(INDEX, 10_000)
    part = fetch.folder / "imdb_word_index.json.1.part"
    known = KNOWN | {"NPZ_URLS": ("/npz",), "INDEX_URLS": ("/index",)}
    assert fetch.interrupt("-o", fetch.folder, known=known, once=part) == 130
    assert fetch.left() == ["imdb.npz", part.name]
    assert INDEX.startswith(part.read_bytes())


def test_a_second_download_meanwhile_is_refused_and_spoils_nothing(site: Site, fetch: Fetch) -> None:
    second: list[subprocess.CompletedProcess[str]] = []
    for page, data in (("/npz", NPZ), ("/index", INDEX)):
        site.pages[page] = meanwhile(data, lambda: second.append(fetch()))
    assert fetch().returncode == 0
    assert [done.returncode for done in second] == [4, 4]
    for path, done in zip((fetch.npz, fetch.index), second, strict=True):
        assert done.stderr.endswith(f"download_imdb: another download of it is under way: {path}\n")
    assert fetch.is_whole()


# Answers that are not what was announced


@pytest.mark.parametrize("bad", [TAMPERED, b"<!doctype html>".ljust(len(NPZ))], ids=["a changed byte", "an HTML page"])
def test_reviews_of_another_fingerprint_are_refused_without_a_trace(site: Site, fetch: Fetch, bad: bytes) -> None:
    site.pages["/npz"] = whole(bad)
    done = fetch()
    assert done.returncode == 3
    assert f"its sha256 is {hashlib.sha256(bad).hexdigest()}" in done.stderr
    assert fetch.left() == []
    assert site.asked == [("/npz", 0)]


def test_an_index_of_another_fingerprint_is_refused_and_the_reviews_stay(site: Site, fetch: Fetch) -> None:
    site.pages["/index"] = whole(bytes(len(INDEX)))
    done = fetch()
    assert done.returncode == 3
    assert "its md5 is" in done.stderr
    assert fetch.left() == ["imdb.npz"]


@pytest.mark.parametrize("size", [len(INDEX) - 1, len(INDEX) + 1, 0])
def test_the_right_fingerprint_does_not_excuse_another_size(site: Site, fetch: Fetch, size: int) -> None:
    served = INDEX.ljust(size, b"\0")[:size]
    site.pages["/index"] = whole(served)
    done = fetch(INDEX_PRINT=hashlib.md5(served, usedforsecurity=False).hexdigest())
    assert done.returncode == 3
    assert "refused" in done.stderr
    assert fetch.left() == ["imdb.npz"]


@pytest.mark.parametrize("announced", [len(NPZ) + 1000, HALF])
def test_a_content_length_that_lies_is_refused(site: Site, fetch: Fetch, announced: int) -> None:
    site.pages["/npz"] = whole(NPZ, announce=announced)
    assert fetch().returncode == 3
    assert fetch.left() == []


def test_an_answer_without_an_end_is_cut_at_the_cap(site: Site, fetch: Fetch) -> None:
    site.pages["/npz"] = endless(CAP)
    done = fetch()
    assert done.returncode == 3
    assert "no end" in done.stderr
    assert fetch.left() == []


# Two addresses each


def test_the_second_address_is_used_for_what_the_first_does_not_give(site: Site, fetch: Fetch) -> None:
    site.pages["/tampered"] = whole(TAMPERED)
    assert fetch(npz=("/tampered", "/npz"), index=("/gone", "/index")).returncode == 0
    assert site.asked == [("/tampered", 0), ("/npz", 0), ("/gone", 0), ("/index", 0)]
    assert fetch.is_whole()


def test_when_the_first_address_is_dead_the_second_is_used(fetch: Fetch) -> None:
    dead = dead_url()
    assert fetch(npz=(dead, "/npz"), index=(dead, "/index")).returncode == 0
    assert fetch.is_whole()


def test_no_answer_at_all_is_the_networks_fault(fetch: Fetch) -> None:
    done = fetch(npz=("/gone", "/gone/too"))
    assert done.returncode == 5
    assert "404" in done.stderr
    assert fetch.left() == []


@not_https
def test_plain_http_is_refused_but_for_this_machine(site: Site, fetch: Fetch, url: str) -> None:
    done = fetch(index=("/index", url))  # the last address of all: nobody is asked before it was looked at
    assert done.returncode == 2
    assert "not https" in done.stderr
    assert site.asked == []


def test_a_redirect_is_not_followed(site: Site, fetch: Fetch) -> None:
    site.pages["/npz"] = redirect("/index")
    assert fetch().returncode == 3
    assert site.asked == [("/npz", 0)]


# Files that are in the way


def test_good_files_are_left_alone_and_nobody_is_asked(site: Site, fetch: Fetch) -> None:
    fetch.npz.write_bytes(NPZ)
    fetch.index.write_bytes(INDEX)
    before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in (fetch.npz, fetch.index)]
    for args in [(), ("--force",)]:
        done = fetch(*args)
        assert done.returncode == 0
        assert done.stderr.count("already there") == 2
    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in (fetch.npz, fetch.index)] == before
    assert site.asked == []


def test_only_the_file_that_is_missing_is_fetched(site: Site, fetch: Fetch) -> None:
    fetch.npz.write_bytes(NPZ)
    assert fetch().returncode == 0
    assert site.asked == [("/index", 0)]
    assert fetch.is_whole()


@pytest.mark.parametrize(("name", "page"), [("imdb.npz", "/npz"), ("imdb_word_index.json", "/index")])
def test_another_file_is_replaced_only_with_force(site: Site, fetch: Fetch, name: str, page: str) -> None:
    mine = fetch.folder / name
    mine.write_bytes(b"mine")
    done = fetch()
    assert done.returncode == 4
    assert "--force" in done.stderr
    assert fetch.left() == [name]
    assert mine.read_bytes() == b"mine"
    assert site.asked == []  # for the other file neither: all or nothing is found in the way first
    assert fetch("--force").returncode == 0
    assert fetch.is_whole()


def test_another_file_outlives_a_forced_download_that_fails(site: Site, fetch: Fetch) -> None:
    fetch.npz.write_bytes(b"mine")
    site.pages["/npz"] = whole(TAMPERED)
    assert fetch("--force").returncode == 3
    assert fetch.npz.read_bytes() == b"mine"
    assert fetch.left() == ["imdb.npz"]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_told_as_such(site: Site, fetch: Fetch, make: object) -> None:
    assert callable(make)
    make(fetch.index)
    done = fetch("--force")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert site.asked == []


def test_a_folder_that_cannot_be_made_is_told_before_anyone_is_asked(site: Site, fetch: Fetch) -> None:
    (fetch.folder / "file").write_bytes(b"")
    fetch.folder = fetch.folder / "file"
    assert fetch().returncode == 4
    assert site.asked == []


def test_a_full_disk_is_told_and_asks_no_second_address(site: Site, fetch: Fetch) -> None:
    done = fetch(npz=("/npz", "/never"), before=no_room_for(HALF))
    assert done.returncode == 4, done.stderr
    assert "cannot write" in done.stderr
    assert site.asked == [("/npz", 0)]
    assert fetch.left() == ["imdb.npz.1.part"]


# Usage


def test_help_tells_the_options_and_the_exit_codes(fetch: Fetch) -> None:
    done = fetch("--help")
    assert done.returncode == 0
    for word in ("--output", "--force", "Exit codes"):
        assert word in done.stdout


@pytest.mark.parametrize("args", [["--frce"], ["-o"], ["--output", ""], ["x.npz"]])
def test_a_wrong_argument_is_a_usage_error(site: Site, fetch: Fetch, args: list[str]) -> None:
    assert fetch(*args).returncode == 2
    assert site.asked == []


def test_missing_tools_are_named(fetch: Fetch) -> None:
    fetch.names_missing_tools()


def test_the_script_is_sound_and_can_be_started(fetch: Fetch) -> None:
    fetch.is_sound()
