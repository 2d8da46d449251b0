"""What a process finds around it."""

import io
import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import jena_rnn.runs.provenance
from jena_rnn.base.surroundings import cores, hidden, undated_archives
from jena_rnn.runs.provenance import provenance


def test_cores_are_those_that_the_process_may_use() -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert cores() == len(allowed)


def test_a_system_that_does_not_tell_counts_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert cores() == 7


def test_a_hidden_package_cannot_be_imported_and_then_it_can() -> None:
    import yaml

    def imported() -> None:
        with hidden("yaml"):
            import yaml.nodes  # noqa: F401 (it must fail)

    with pytest.raises(ImportError):
        imported()
    assert sys.modules["yaml"] is yaml


def test_a_package_that_was_not_loaded_is_not_loaded_afterwards() -> None:
    with hidden("never_heard_of"):
        pass
    assert "never_heard_of" not in sys.modules


def test_settings_that_can_change_a_result_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"ONEDNN_MAX_CPU_ISA", "TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTRAOP_THREADS", "TF_CUDNN_DETERMINISTIC"}
    settings |= {"TF_FUNCTION_JIT_COMPILE_DEFAULT", "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL", "GLIBC_TUNABLES"}
    others = {"TF_CPP_MIN_LOG_LEVEL", "HOME", "TF_TOKEN_app_terraform_io", "TF_VAR_password", "TF_CLI_CONFIG_FILE"}
    for name in settings | others:
        monkeypatch.setenv(name, "3")
    flags = provenance([])["flags"]
    assert {name for name in settings | others if name in flags} == settings


@pytest.mark.parametrize("year", [1970, 2107, 2108])
def test_archives_are_made_whatever_year_the_clock_tells(monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    told = time.struct_time((year, 1, 1, 0, 0, 0, 0, 1, 0))
    monkeypatch.setattr(time, "localtime", lambda *when: told)
    packed = io.BytesIO()
    with undated_archives(), zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "b")
    assert zipfile.ZipFile(packed).getinfo("a").date_time == (1980, 1, 1, 0, 0, 0)
    if year != 2107:
        with pytest.raises((ValueError, struct.error)), zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a", "b")


def test_the_code_that_ran_is_that_of_the_program_wherever_git_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "checkout"
    for folder in (here, tmp_path / "other"):
        made = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty"]
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        subprocess.run([*made, "-m", folder.name], check=True)
    (here / "jena_rnn").mkdir()
    monkeypatch.setattr(jena_rnn.runs.provenance, "__file__", str(here / "jena_rnn" / "provenance.py"))
    expected = provenance([])["git"]
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert provenance([])["git"] == expected is not None
    commit = (here / ".git").joinpath((here / ".git" / "HEAD").read_text().split()[1]).read_text().strip()
    assert expected == {"commit": commit, "dirty": False}
