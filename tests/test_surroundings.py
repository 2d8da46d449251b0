"""What a process finds around it."""

import os
import sys

import pytest

from jena_rnn.provenance import provenance
from jena_rnn.surroundings import cores, hidden


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
    for name in ("ONEDNN_MAX_CPU_ISA", "TF_ENABLE_ONEDNN_OPTS", "TF_CPP_MIN_LOG_LEVEL", "HOME"):
        monkeypatch.setenv(name, "3")
    flags = provenance([])["flags"]
    assert flags["ONEDNN_MAX_CPU_ISA"] == flags["TF_ENABLE_ONEDNN_OPTS"] == "3"
    assert not {"TF_CPP_MIN_LOG_LEVEL", "HOME"} & set(flags)
