"""What TensorFlow says while it is imported: nothing, unless the import fails."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from jena_rnn.training.backend import _error_stream_aside


@pytest.mark.parametrize(("error", "shown"), [(KeyboardInterrupt(), ""), (ImportError(), "banner")])
def test_banners_are_shown_when_the_import_fails_but_not_on_ctrl_c(
    error: BaseException, shown: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def importing() -> None:
        with _error_stream_aside():
            os.write(2, b"banner")
            raise error

    with pytest.raises(type(error)):
        importing()
    assert capfd.readouterr().err == shown


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ("train", "gru", "--sample", "--smoke", "--runs-dir", "runs"),
            "config.yaml: cannot be written: File too",
        ),
        (("inspect", "--sample"), "no figures can be drawn: Matplotlib requires access to a writable cache directory"),
    ],
)
def test_where_no_temporary_file_can_be_made_the_disk_is_told(
    command: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jena_rnn", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"MPLCONFIGDIR": "/dev/null/matplotlib"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert done.returncode == 4, done.stderr
    *_, last = done.stderr.splitlines()
    assert last.startswith("jena-rnn: ")
    assert said in last
    assert "Traceback" not in done.stderr
