"""Where a run comes from: settings that can change its bits, processor cores, commit."""

import os
import subprocess
from pathlib import Path

import pytest

from jena_rnn.base.surroundings import cores
from jena_rnn.runs import provenance as module
from jena_rnn.runs.provenance import provenance


def test_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert cores() == 7


def test_settings_that_can_change_a_result_are_recorded_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS", "TF_XLA_FLAGS", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"}
    settings |= {"ONEDNN_MAX_CPU_ISA", "NUMBA_CPU_NAME"}
    others = {"TF_CPP_MIN_LOG_LEVEL", "HOME", "TF_TOKEN_app_terraform_io", "TF_VAR_password"}
    for name in settings | others:
        monkeypatch.setenv(name, "3")
    flags = provenance([])["flags"]
    assert {name for name in settings | others if name in flags} == settings


def test_commit_and_changes_are_those_of_the_programs_own_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "jena_rnn" / "runs" / "provenance.py"))
    assert provenance([])["git"] is None
    (tmp_path / "jena_rnn").mkdir()
    (tmp_path / "jena_rnn" / "file.py").write_text("1")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *command], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert provenance([])["git"] == {"commit": head, "dirty": False}
    (tmp_path / "jena_rnn" / "file.py").write_text("2")
    assert provenance([])["git"] == {"commit": head, "dirty": True}
    monkeypatch.setenv("PATH", "")
    assert provenance([])["git"] is None
