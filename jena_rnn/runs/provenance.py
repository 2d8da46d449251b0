"""The origin of a run: command, versions, code, machine. Collected once, written to run.json.

provenance(["jena-rnn", "train", "gru"])["versions"]["keras"]         # '3.15.1'
"""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jena_rnn.base.surroundings import cores

PACKAGES = ("jena-rnn", "tensorflow", "keras", "numpy", "pandas", "numba", "llvmlite")
FLAGS = re.compile(r"(XLA|ONEDNN|DNNL|OMP|OPENBLAS|MKL|NUMBA|TF_(ENABLE|XLA|NUM|DETERMINISTIC|CUDNN|USE))_")
"""Environment variables whose values can change the last bits of a result; other TF_ variables may be secrets."""


def provenance(command: list[str]) -> dict[str, Any]:
    """Return command, versions, code and machine, as far as they are known without TensorFlow."""
    return {
        "command": command,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | {name: installed(name) for name in PACKAGES},
        "git": _git_state(),
        "machine": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": cores(),
        "flags": {name: setting for name, setting in sorted(os.environ.items()) if FLAGS.match(name)},
    }


def processor() -> str:
    """Return the processor's name and its widest vector instructions, as far as the system knows them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        flags = next(line.split() for line in lines if line.startswith("flags"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
    widest = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "SSE"
    return f"{name} ({platform.machine()}, {widest})"


def installed(package: str) -> str | None:
    """Return a package's version, None if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git_state() -> dict[str, Any] | None:
    """Return commit and cleanliness of the program's checkout, None if it was installed from a package."""
    here = Path(__file__).parent.parent.parent
    if not (here / ".git").exists():
        return None
    try:
        commit = _git(here, "rev-parse", "HEAD")
        dirty = bool(_git(here, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit, "dirty": dirty}


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return the changes between two run.json that may change the last bits of a result, in plain words."""
    old, new = before["versions"], now["versions"]
    versions = [_changed(name, old, new) for name in sorted(old | new)]
    keys = [_changed(name, before, now) for name in ("machine", "processor", "cores", "devices", "threads")]
    old, new = before.get("flags") or {}, now.get("flags") or {}
    flags = [_changed(name, old, new) for name in sorted(old | new)]
    return [change for change in (*versions, *keys, *flags) if change]


def _changed(name: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    if old.get(name) == new.get(name):
        return ""
    return f"{name} {old.get(name, 'not set')} then, {new.get(name, 'not set')} now"
