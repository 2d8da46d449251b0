"""What TensorFlow writes while it is imported: nothing is shown, unless the import fails."""

import os

import pytest

from jena_rnn.layers.backend import _error_stream_aside


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
