"""A mistake gets its exit code and one clear line; nothing reaches stdout, and no traceback is shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result

Command = Callable[..., Result]
TRAIN = ["train", "gru", "--sample"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "gruu"], 2, "did you mean 'gru'?"),
        (["train", "gru.yaml"], 2, "did you mean 'gru'?"),
        (["train", "gru", "--set", "model.unitz=3"], 2, "model.unitz: unknown key; did you mean 'units'?"),
        (["train", "gru", "--set", "units=64"], 2, "units: unknown key; did you mean 'model.units'?"),
        (["train", "gru", "--epochs", "0"], 2, "--epochs 0: training.epochs: expected at least 1, got 0"),
        (["train", "gru", "--set", "training.learning_rate=1e308"], 2, "learning_rate: expected less than 1000000"),
        (["train", "gru", "--sample", "--data", "x.csv"], 2, "give one"),
        (["train", "gru", "--sample", "--set", "data.target=T"], 3, "data.target names the column to forecast"),
        (["show", "gru", "--sample", "--set", "data.target=T"], 3, "data.target names the column to forecast"),
        (["train", "gru", "--name", "../x", "--sample"], 2, "name: expected a name of letters"),
        (["train"], 2, "Missing argument 'CONFIG'"),
        (["frobnicate"], 2, "No such command"),
        (["baseline", "--data", "gone.csv"], 3, "--sample"),
        (["report", "gone"], 4, "gone: no such run directory"),
        (["evaluate", "."], 4, "not a run directory"),
        (["sample", "x.csv", "--rows", "0"], 2, "0 is not in the range x>=1"),
        (["sample", "x.csv", "--rows", "10000001"], 2, "at most 10,000,000"),
        (["sample", "no/such/folder/x.csv", "--rows", "9"], 4, "No such file or directory"),
        (["sample", "a" * 300, "--rows", "9"], 4, "File name too long"),
        (["baseline", "--data", "x" * 3000], 4, "File name too long"),
        (["show", "gru", "a\x1b[31m\nb"], 2, r"Got unexpected extra argument (a\x1b[31m\nb)"),
        (["a\x9bb"], 2, r"a\x9bb"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)
def test_a_mistake_gets_its_exit_code_and_one_clear_line(
    arguments: list[str], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jena_rnn: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    done = jena_rnn(*arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["sample"], ""),
        (["report"], "'RUN': "),
        (["evaluate", ".", "--predictions"], "'--predictions': "),
        (["plot", ".", ".", "--out"], "'--out': "),
        (["train", "gru", "--sample", "--runs-dir"], "'--runs-dir': "),
        (["inspect", "--data"], "'--data': "),
        (["inspect", "--plots"], "'--plots': "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_empty_path_is_refused(command: list[str], option: str, jena_rnn: Command) -> None:
    done = jena_rnn(*command, "")
    assert done.code == 2
    assert f"{option}expected a path, got an empty one" in done.err
