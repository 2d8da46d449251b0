"""`scripts/download_jena.sh` against a server of our own, which can be as bad as the world is."""

import hashlib
import io
import os
import random
import signal
import stat
import subprocess
import zipfile
from collections.abc import Callable, Iterator
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
    nothing_there,
    redirect,
    serving,
    stall_after,
    whole,
)

pytestmark = needs_curl

NAME = "jena_climate_2009_2016.csv"
CSV = b"Date Time,p (mbar)\r\n" + random.Random(0).randbytes(20_000).hex().encode() + b"\r\n"
CSV_CAP = 1 << 16
ZIP_CAP = 1 << 17


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()


def git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


ZIP = zipped((NAME, CSV))
HALF = len(ZIP) // 2
KNOWN = {"BLOB": git_blob(CSV), "SIZES": len(ZIP), "ZIP_CAP": ZIP_CAP, "CSV_CAP": CSV_CAP}


class Fetch(Script):
    """Runs the script towards a site."""

    def __init__(self, site: Site, folder: Path) -> None:
        super().__init__("jena", site, folder)
        self.csv = folder / "jena.csv"

    def __call__(
        self,
        *args: str,
        urls: tuple[str, ...] = ("/a",),
        before: tuple[str, ...] = (),
        **known: object,
    ) -> subprocess.CompletedProcess[str]:
        return self.run("-o", self.csv, *args, known=KNOWN | {"URLS": urls} | known, before=before)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def fetch(site: Site, tmp_path: Path) -> Fetch:
    site.pages["/good"] = whole(ZIP)
    return Fetch(site, tmp_path / "data")


def test_a_good_answer_leaves_the_promised_file_and_nothing_else(site: Site, fetch: Fetch) -> None:
    done = fetch(urls=("/good", "/never"))
    assert done.returncode == 0, done.stderr
    assert "fingerprint matches" in done.stderr
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]
    assert site.asked == [("/good", 0)]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(fetch.csv.stat().st_mode) == 0o666 & ~umask


def test_a_missing_folder_is_made(fetch: Fetch) -> None:
    fetch.csv = fetch.folder / "new folder" / "jena.csv"
    assert fetch(urls=("/good",)).returncode == 0
    assert fetch.csv.read_bytes() == CSV


def test_the_notes_a_mac_packs_beside_the_file_are_passed_over(site: Site, fetch: Fetch) -> None:
    packed = zipped((NAME, CSV), ("__MACOSX/", b""), (f"__MACOSX/._{NAME}", b"Mac OS X"))
    site.pages["/a"] = whole(packed)
    assert fetch(SIZES=len(packed)).returncode == 0
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_an_unknown_fingerprint_is_kept_and_said_aloud(fetch: Fetch) -> None:
    done = fetch(urls=("/good",), BLOB="0" * 40)
    assert done.returncode == 0
    assert "UNKNOWN FINGERPRINT" in done.stderr
    assert git_blob(CSV) in done.stderr
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_the_fingerprint_is_the_one_the_program_knows(fetch: Fetch) -> None:
    from jena_rnn.series.reading import EDITIONS

    assert any(blob in fetch.path.read_text() for blob in EDITIONS)


# Broken transfers


def test_a_transfer_cut_off_midway_is_resumed_from_there(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = cut_once(ZIP, HALF)
    assert fetch().returncode == 0
    assert site.asked == [("/a", 0), ("/a", HALF)]
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_a_stalled_transfer_is_given_up_and_the_next_run_resumes_it(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = stall_after(ZIP, 500)  # so few that curl, which averages over 5 s, soon calls it slow
    done = fetch(urls=("/a",), TRIES=1)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        5,
        f"download_jena: no address sent it whole: {fetch.csv}",
    )
    assert fetch.left() == ["jena.csv.zip1.part"]
    site.pages["/a"] = whole(ZIP)
    assert fetch().returncode == 0
    assert site.asked == [("/a", 0), ("/a", 500)]
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_a_transfer_that_breaks_off_after_its_last_byte_is_whole(site: Site, fetch: Fetch) -> None:
    (fetch.folder / "jena.csv.zip1.part").write_bytes(ZIP[:HALF])
    site.pages["/a"] = lambda handler: handler.answer(ZIP, announce=len(ZIP))  # more than is left of it
    assert fetch(urls=("/a",), TRIES=1).returncode == 0
    assert fetch.csv.read_bytes() == CSV


def test_a_server_that_cannot_resume_is_asked_from_the_start(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = deaf(ZIP)
    (fetch.folder / "jena.csv.zip1.part").write_bytes(ZIP[:HALF])
    assert fetch().returncode == 0
    assert site.asked == [("/a", HALF), ("/a", 0)]
    assert fetch.csv.read_bytes() == CSV


@pytest.mark.parametrize("answer", [redirect("/good"), nothing_there], ids=["sent elsewhere", "416"])
def test_a_part_that_a_server_adds_nothing_to_is_kept(site: Site, fetch: Fetch, answer: Callable[..., None]) -> None:
    part = fetch.folder / "jena.csv.zip1.part"
    part.write_bytes(ZIP[:HALF])
    site.pages["/a"] = answer
    done = fetch()
    assert (done.returncode, "refused" in done.stderr) == (5, False), done.stderr
    assert "no more of it was sent" in done.stderr
    assert part.read_bytes() == ZIP[:HALF]
    site.pages["/a"] = whole(ZIP)
    assert fetch().returncode == 0
    assert fetch.csv.read_bytes() == CSV


def test_the_part_of_one_address_is_never_continued_from_another(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = lambda handler: handler.answer(ZIP, send=HALF)
    assert fetch(urls=("/a", "/good"), TRIES=1).returncode == 0
    assert site.asked == [("/a", 0), ("/good", 0)]
    assert fetch.left() == ["jena.csv"]


def test_a_part_larger_than_the_zip_or_a_link_is_thrown_away(site: Site, fetch: Fetch) -> None:
    part = fetch.folder / "jena.csv.zip1.part"
    part.write_bytes(bytes(len(ZIP) + 1))
    assert fetch(urls=("/good",)).returncode == 0
    fetch.csv.unlink()
    elsewhere = fetch.folder.parent / "elsewhere"
    elsewhere.write_bytes(b"precious")
    part.symlink_to(elsewhere)
    assert fetch(urls=("/good",)).returncode == 0
    assert site.asked == [("/good", 0), ("/good", 0)]
    assert elsewhere.read_bytes() == b"precious"
    assert fetch.left() == ["jena.csv"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_keeps_only_the_part_that_can_be_resumed(site: Site, fetch: Fetch, number: int) -> None:
    site.pages["/a"] = stall_after(ZIP, HALF)
    part = fetch.folder / "jena.csv.zip1.part"
    known = KNOWN | {"URLS": ("/a",)}
    assert fetch.interrupt("-o", fetch.csv, known=known, once=part, number=number) == 130
    assert fetch.left() == [part.name]
    assert ZIP.startswith(part.read_bytes())


def test_a_second_download_meanwhile_is_refused_and_spoils_nothing(site: Site, fetch: Fetch) -> None:
    second: list[subprocess.CompletedProcess[str]] = []
    site.pages["/a"] = meanwhile(ZIP, lambda: second.append(fetch()))
    first = fetch()
    assert (second[0].returncode, first.returncode) == (4, 0), first.stderr
    assert second[0].stderr == f"download_jena: another download of it is under way: {fetch.csv}\n"
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_what_a_killed_download_left_of_its_lock_hinders_nobody(site: Site, fetch: Fetch) -> None:
    (fetch.folder / "jena.csv.zip.lock").write_bytes(b"")
    assert fetch(urls=("/good",)).returncode == 0
    assert fetch.left() == ["jena.csv"]


@pytest.mark.parametrize("name", ["jena.csv.zip.lock", "jena.csv.zip1.part"])
def test_a_folder_or_a_link_in_the_way_of_what_is_kept_meanwhile_is_told_in_a_line(
    site: Site, fetch: Fetch, name: str, tmp_path: Path
) -> None:
    (fetch.folder / name).mkdir()
    done = fetch(urls=("/good",))
    assert (done.returncode, done.stderr.count("\n")) == (4, 1), done.stderr
    assert name in done.stderr
    (fetch.folder / name).rmdir()
    os.mkfifo(fetch.folder / name)
    assert fetch(urls=("/none",)).returncode == (4 if name.endswith("lock") else 5)
    (fetch.folder / name).unlink(missing_ok=True)
    site.asked.clear()
    (fetch.folder / name).symlink_to(tmp_path / "elsewhere")
    assert fetch(urls=("/good",)).returncode == (4 if name.endswith("lock") else 0)
    assert not (tmp_path / "elsewhere").exists()
    assert (site.asked == []) == name.endswith("lock")


# Answers that are not what was announced


def marked(data: bytes, flag: int) -> bytes:
    """Set a general-purpose flag of a zip's only member, where the central directory holds it."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + bytes([data[at] | flag]) + data[at + 1 :]


def packed_as(data: bytes, method: int) -> bytes:
    """Say in both headers of a zip's only member that it is packed by another method than it is."""
    changed = bytearray(data)
    for at in (8, data.index(b"PK\x01\x02") + 10):
        changed[at] = method
    return bytes(changed)


def displaced(data: bytes) -> bytes:
    """Flip the bit of a zip's end that moves its directory beyond its beginning."""
    changed = bytearray(data)
    changed[data.rindex(b"PK\x05\x06") + 18] ^= 0x80
    return bytes(changed)


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(NAME)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def bzipped() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(NAME)
    entry.compress_type = zipfile.ZIP_BZIP2
    return entry


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return zipped((NAME, CSV), (NAME, b"other"))


BAD_ZIPS = {
    "no zip": lambda: random.Random(1).randbytes(len(ZIP)),
    "an HTML page": lambda: b"<!doctype html>".ljust(len(ZIP)),
    "a zip cut short": lambda: ZIP[:HALF],
    "a zip with a changed byte": lambda: ZIP[:HALF] + bytes([ZIP[HALF] ^ 1]) + ZIP[HALF + 1 :],
    "another member": lambda: zipped(("other.csv", CSV)),
    "a member outside the folder": lambda: zipped((f"../{NAME}", CSV)),
    "two members": lambda: zipped((NAME, CSV), ("run.sh", b"#!/bin/sh\n")),
    "one member twice": twice,
    "no member": zipped,
    "a link": lambda: zipped((link(), b"/etc/passwd")),
    "an encrypted member": lambda: marked(ZIP, 1),
    "another method than it is packed by": lambda: packed_as(ZIP, zipfile.ZIP_BZIP2),
    "a method that nobody announced": lambda: zipped((bzipped(), CSV)),
    "a directory beyond the beginning": lambda: displaced(ZIP),
    "a bomb": lambda: zipped((NAME, bytes(CSV_CAP + 1))),
}


@pytest.mark.parametrize("bad", BAD_ZIPS.values(), ids=BAD_ZIPS.keys())
def test_what_is_not_the_announced_zip_is_refused_without_a_trace(
    site: Site, fetch: Fetch, bad: Callable[[], bytes]
) -> None:
    data = bad()
    site.pages["/a"] = whole(data)
    done = fetch(SIZES=len(data))  # the right size, so that only the content can give it away
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert fetch.left() == []
    assert not (fetch.folder.parent / NAME).exists()


def test_a_member_of_exactly_the_cap_is_taken(site: Site, fetch: Fetch) -> None:
    packed = zipped((NAME, bytes(CSV_CAP)))
    site.pages["/a"] = whole(packed)
    assert fetch(SIZES=len(packed)).returncode == 0
    assert fetch.csv.stat().st_size == CSV_CAP


@pytest.mark.parametrize("size", [len(ZIP) - 1, len(ZIP) + 1, 10, 0])
def test_a_zip_of_an_unknown_size_is_not_even_opened(site: Site, fetch: Fetch, size: int) -> None:
    site.pages["/a"] = whole(ZIP.ljust(size, b"\0")[:size])
    done = fetch()
    assert done.returncode == 3
    assert "refused" in done.stderr
    assert fetch.left() == []


def test_a_content_length_that_promises_more_than_the_zip_is_refused(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = whole(ZIP, announce=len(ZIP) + 1000)
    done = fetch()
    assert done.returncode == 3
    assert "announced as larger" in done.stderr
    assert fetch.left() == []


def test_a_content_length_that_promises_less_than_the_zip_is_refused(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = whole(ZIP, announce=HALF)
    assert fetch().returncode == 3
    assert fetch.left() == []


@pytest.mark.parametrize("before", [(), ("env", "POSIXLY_CORRECT=1")])
def test_an_answer_without_an_end_is_cut_at_the_cap(site: Site, fetch: Fetch, before: tuple[str, ...]) -> None:
    site.pages["/a"] = endless(ZIP_CAP)
    done = fetch(before=before)
    assert done.returncode == 3
    assert "no end" in done.stderr
    assert fetch.left() == []


# Two addresses


@pytest.mark.parametrize("tampered", [displaced(ZIP), packed_as(ZIP, zipfile.ZIP_BZIP2)])
def test_when_the_first_zip_is_tampered_with_the_second_address_is_asked(
    site: Site, fetch: Fetch, tampered: bytes
) -> None:
    site.pages["/a"] = whole(tampered)
    assert fetch(urls=("/a", "/good"), SIZES=f"{len(tampered)} {len(ZIP)}").returncode == 0
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == [fetch.csv.name]


def test_when_the_first_address_is_dead_the_second_is_used(site: Site, fetch: Fetch) -> None:
    assert fetch(urls=(dead_url(), "/good")).returncode == 0
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_when_the_first_address_has_no_such_file_the_second_is_used(site: Site, fetch: Fetch) -> None:
    assert fetch(urls=("/gone", "/good")).returncode == 0
    assert site.asked == [("/gone", 0), ("/good", 0)]
    assert fetch.left() == ["jena.csv"]


def test_when_the_first_address_serves_wrong_bytes_the_second_is_used(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = whole(bytes(len(ZIP)))
    assert fetch(urls=("/a", "/good")).returncode == 0
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_no_answer_at_all_is_the_networks_fault(fetch: Fetch) -> None:
    done = fetch(urls=("/gone", "/gone/too"))
    assert done.returncode == 5
    assert "404" in done.stderr
    assert fetch.left() == []


@not_https
def test_plain_http_is_refused_but_for_this_machine(site: Site, fetch: Fetch, url: str) -> None:
    done = fetch(urls=("/good", url))
    assert done.returncode == 2
    assert "not https" in done.stderr
    assert site.asked == []


def test_a_redirect_is_not_followed(site: Site, fetch: Fetch) -> None:
    site.pages["/a"] = redirect("/good")
    assert fetch().returncode == 3
    assert site.asked == [("/a", 0)]


# Files that are in the way


def test_a_good_file_is_left_alone_and_nobody_is_asked(site: Site, fetch: Fetch) -> None:
    fetch.csv.write_bytes(CSV)
    before = fetch.csv.stat()
    for args in [(), ("--force",)]:
        done = fetch(*args, urls=("/good",))
        assert done.returncode == 0
        assert "already there" in done.stderr
    assert (fetch.csv.stat().st_ino, fetch.csv.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert site.asked == []


def test_another_file_is_replaced_only_with_force(site: Site, fetch: Fetch) -> None:
    fetch.csv.write_bytes(b"mine")
    done = fetch(urls=("/good",))
    assert done.returncode == 4
    assert "--force" in done.stderr
    assert fetch.csv.read_bytes() == b"mine"
    assert site.asked == []
    assert fetch("--force", urls=("/good",)).returncode == 0
    assert fetch.csv.read_bytes() == CSV
    assert fetch.left() == ["jena.csv"]


def test_another_file_outlives_a_forced_download_that_fails(site: Site, fetch: Fetch) -> None:
    fetch.csv.write_bytes(b"mine")
    site.pages["/a"] = whole(bytes(len(ZIP)))
    assert fetch("--force").returncode == 3
    assert fetch.csv.read_bytes() == b"mine"
    assert fetch.left() == ["jena.csv"]


def test_a_folder_in_the_way_is_told_as_such(site: Site, fetch: Fetch) -> None:
    fetch.csv.mkdir()
    done = fetch("--force", urls=("/good",))
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert site.asked == []


def test_a_folder_that_cannot_be_made_is_told_before_anyone_is_asked(site: Site, fetch: Fetch) -> None:
    (fetch.folder / "file").write_bytes(b"")
    fetch.csv = fetch.folder / "file" / "jena.csv"
    assert fetch(urls=("/good",)).returncode == 4
    assert site.asked == []


@pytest.mark.parametrize("length", [250, 300])
def test_a_name_too_long_is_told_before_anyone_is_asked(site: Site, fetch: Fetch, length: int) -> None:
    fetch.csv = fetch.folder / ("y" * length)
    done = fetch(urls=("/good",))
    assert (done.returncode, done.stderr) == (4, f"download_jena: cannot write {fetch.csv}\n")
    assert site.asked == []


@pytest.mark.parametrize("room", [HALF, len(ZIP) + 1024], ids=["for half the zip", "for the zip alone"])
def test_a_full_disk_is_told_and_asks_no_second_address(site: Site, fetch: Fetch, room: int) -> None:
    done = fetch(urls=("/good", "/never"), before=no_room_for(room))
    assert done.returncode == 4, done.stderr
    assert "cannot write" in done.stderr
    assert site.asked == [("/good", 0)]
    assert fetch.left() == ["jena.csv.zip1.part"]  # sane, and what is there need not come again


# Usage


def test_help_tells_the_options_and_the_exit_codes(fetch: Fetch) -> None:
    done = fetch("--help")
    assert done.returncode == 0
    for word in ("--output", "--force", "Exit codes"):
        assert word in done.stdout


@pytest.mark.parametrize("args", [["--frce"], ["-o"], ["--output", ""], ["x.csv"]])
def test_a_wrong_argument_is_a_usage_error(site: Site, fetch: Fetch, args: list[str]) -> None:
    assert fetch(*args, urls=("/good",)).returncode == 2
    assert site.asked == []


def test_missing_tools_are_named(fetch: Fetch) -> None:
    fetch.names_missing_tools()


def test_the_script_is_sound_and_can_be_started(fetch: Fetch) -> None:
    fetch.is_sound()


@pytest.mark.parametrize("page", ["/good", "/none"])
def test_control_characters_of_a_path_are_not_obeyed(fetch: Fetch, page: str, tmp_path: Path) -> None:
    fetch.csv = tmp_path / "a\x1b[31m\nb\r.csv"
    done = fetch(urls=(page,))
    assert "a?[31m?b?.csv" in done.stderr
    assert all(line.isprintable() for line in done.stderr.splitlines())


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_link_to_nowhere_is_not_replaced(fetch: Fetch, force: tuple[str, ...], tmp_path: Path) -> None:
    fetch.csv.symlink_to(tmp_path / "gone")
    done = fetch(*force, urls=("/good",))
    assert (done.returncode, fetch.csv.is_symlink()) == (4, True)
    assert "is there, and is not a file that can be read" in done.stderr
