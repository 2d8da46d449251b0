"""What the tests of the download scripts share: a server as bad as the world is, and a script run towards it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"

needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None,
    reason="bash and curl are needed to try the download scripts",
)
not_https = pytest.mark.parametrize(
    "url",
    [
        "http://example.invalid/a",
        "http://127.0.0.1.example.invalid/a",
        "http://127.0.0.1:80@example.invalid/a",
        "http://localhost/a",
        "ftp://127.0.0.1/a",
        "file:///a",
    ],
)


class Site(ThreadingHTTPServer):
    """Serves what a test puts in `pages`, and remembers the first byte each request wanted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, int]] = []
        self.over = threading.Event()

    def url(self, path: str) -> str:
        return path if "://" in path else f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is what many of these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: Site
    disable_nagle_algorithm = True  # else each answer waits 40 ms between its head and its body

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        self.server.asked.append((self.path, self.first()))
        if page is None:
            self.send_error(404)
        else:
            page(self)

    def first(self) -> int:
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))

    def answer(self, data: bytes, *, send: int | None = None, announce: int | None = None) -> None:
        """Send `data` from where it is wanted, at most `send` bytes of it, announcing what one likes."""
        first = self.first()
        rest = data[first:]
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(rest) if announce is None else announce))
        self.end_headers()
        self.wfile.write(rest[:send])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it overrides
        pass


@contextmanager
def serving() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def dead_url() -> str:
    with Site() as closed:  # a port that was free a moment ago, and nobody listens on
        return closed.url("/a")


# Pages


def whole(data: bytes, *, announce: int | None = None) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(data, announce=announce)


def cut_once(data: bytes, send: int) -> Callable[[Handler], None]:
    def cut(handler: Handler) -> None:
        asked = sum(path == handler.path for path, _ in handler.server.asked)
        handler.answer(data, send=None if asked > 1 else send)

    return cut


def stall_after(data: bytes, send: int) -> Callable[[Handler], None]:
    def stall(handler: Handler) -> None:
        handler.answer(data, send=send)
        handler.server.over.wait(10)

    return stall


def meanwhile(data: bytes, act: Callable[[], None]) -> Callable[[Handler], None]:
    """Answer once something has been done, the first time."""

    def wait(handler: Handler) -> None:
        if sum(path == handler.path for path, _ in handler.server.asked) == 1:
            act()
        handler.answer(data)

    return wait


def endless(cap: int) -> Callable[[Handler], None]:
    def flood(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(64):
            handler.wfile.write(bytes(cap // 8))

    return flood


def deaf(data: bytes) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        del handler.headers["Range"]
        handler.answer(data)

    return answer


def redirect(to: str) -> Callable[[Handler], None]:
    def away(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return away


def nothing_there(handler: Handler) -> None:
    """Answer 416, as a server does that has no more than what was asked to go on from."""
    handler.send_response(416)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


# Scripts


def no_room_for(size: int) -> tuple[str, ...]:
    """Return what to start a command with so that the kernel refuses larger files, as when a disk is full."""
    return ("bash", "-c", 'ulimit -f "$0" && exec "$@"', str(size // 1024))


class Script:
    """Runs a download script in a folder of its own, towards a site."""

    def __init__(self, name: str, site: Site, folder: Path) -> None:
        self.path, self.site, self.folder = SCRIPTS / f"download_{name}.sh", site, folder
        self.prefix = f"{name.upper()}_TEST_"
        folder.mkdir()

    def environment(self, known: dict[str, object]) -> dict[str, str]:
        """Return what replaces the facts a script knows; a tuple is of paths on the site, or URLs."""
        # Nothing else of the environment: a proxy set there would be asked for 127.0.0.1 as well.
        found = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
        for key, value in ({"STALL": 1, "TRIES": 2, "PAUSE": 0} | known).items():
            urls = " ".join(map(self.site.url, value)) if isinstance(value, tuple) else str(value)
            found[self.prefix + key] = urls
        return found

    def run(
        self, *args: object, known: dict[str, object], before: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*before, "bash", str(self.path), *map(str, args)],
            env=self.environment(known),
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )

    def interrupt(self, *args: object, known: dict[str, object], once: Path, number: int = signal.SIGINT) -> int:
        """Press Ctrl-C once a file has bytes, or send the script alone another signal; return the exit code."""
        running = subprocess.Popen(
            ["bash", str(self.path), *map(str, args)],
            env=self.environment({"STALL": 9} | known),
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        with running:
            limit = time.monotonic() + 5
            while not (once.exists() and once.stat().st_size) and time.monotonic() < limit:
                time.sleep(0.01)
            if number == signal.SIGINT:
                os.killpg(running.pid, number)  # as a terminal does: the whole group gets Ctrl-C
            else:
                running.send_signal(number)
            return running.wait(5)

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def names_missing_tools(self) -> None:
        bash = shutil.which("bash")
        assert bash is not None
        done = subprocess.run(
            [bash, str(self.path)], env={"PATH": str(self.folder)}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "missing: curl python3" in done.stderr

    def is_sound(self) -> None:
        assert os.access(self.path, os.X_OK)
        files = [str(self.path), str(SCRIPTS / "fetch.sh")]
        for file in files:
            subprocess.run(["bash", "-n", file], check=True)
        if shellcheck := shutil.which("shellcheck"):
            subprocess.run([shellcheck, "-x", *files], check=True)
