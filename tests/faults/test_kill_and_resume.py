"""kill -9 at any moment of a training: resumed, it ends as if it had never been killed, to the last bit."""

import random
import time
from pathlib import Path

import pytest
from made import LONG, figure
from processes import REVIEWS, Command, done, files, only
from same_end import differences

from jena_rnn.base.files import PART

GRU = "model={name: gru, units: 4, dropout: 0.2, recurrent_dropout: 0.2}"
ZOO = {
    "gru_dropout": GRU,
    "dense": "model={name: dense, units: 4}",
    "gru": "model={name: gru, units: 4}",
    "lstm": "model={name: lstm, units: 4, dropout: 0.2, recurrent_dropout: 0.2}",
    "simple_rnn": "model={name: simple_rnn, units: 4, dropout: 0.2}",
    "stacked": "model={name: stacked, first: {units: 4, dropout: 0.1}, second: {units: 4, recurrent_dropout: 0.5}}",
    "bidirectional": "model={name: bidirectional, units: 4, dropout: 0.2}",
    "conv": "model={name: conv, filters: 4, kernel_size: 2, pool_size: 2, convolutions: 2}",
    "conv_gru": "model={name: conv_gru, filters: 4, kernel_size: 2, pool_size: 2, units: 4}",
}
EPOCHS = 5


def _killed(command: Command, run: Path, rng: random.Random) -> None:
    """Kill a training a moment after a random epoch was saved, or so soon that none was."""
    at = rng.randrange(EPOCHS)
    command.until((run / "snapshot" / f"epoch-{at:06}.snapshot").exists)
    time.sleep(rng.uniform(0, 1.3 if at == 0 else 0.15))
    command.kill()


@pytest.mark.parametrize("fast", [False, True], ids=["keras", "fast"])
@pytest.mark.parametrize("model", ZOO if LONG else ["gru_dropout"])
def test_a_killed_and_resumed_training_ends_on_the_same_bits(model: str, fast: bool, tmp_path: Path) -> None:
    if fast and model in {"dense", "conv"}:
        pytest.skip("has no recurrent layer")
    config, series = files(tmp_path)
    layers = f"training.fast_layers={str(fast).lower()}"
    train = ["train", config, "--data", series, "--set", ZOO[model], "--set", layers]
    _kill_and_resume(train, tmp_path, random.Random(model), figure(2 if fast else 3, 10))


def test_a_killed_and_resumed_training_on_reviews_ends_on_the_same_bits(tmp_path: Path) -> None:
    config = tmp_path / "reviews.yaml"
    config.write_text(REVIEWS)
    _kill_and_resume(["train", config], tmp_path, random.Random(0), figure(1, 10))


def _kill_and_resume(train: list[object], tmp_path: Path, rng: random.Random, rounds: int) -> None:
    base, kills = [*train, "--runs-dir"], 0
    whole = done(*base, tmp_path / "whole", log=tmp_path / "whole.log")
    assert whole.code == 0, whole.text
    for number in range(rounds):
        runs, log = tmp_path / str(number), tmp_path / f"{number}.log"
        with Command(*base, runs, log=log) as training:
            training.until(lambda runs=runs: runs.exists() and any(runs.glob("*/snapshot/epoch-000000.snapshot")))
            run = only(runs)
            _killed(training, run, rng)
            kills += training.code == -9
        if rng.random() < 0.4:
            with Command("resume", run, log=log) as resumed:
                resumed.says("going on after epoch")
                time.sleep(rng.uniform(0, 1.5))
                resumed.kill()
                kills += resumed.code == -9
        last = done("resume", run, log=log)
        assert last.code == 0, last.text
        assert differences(only(tmp_path / "whole"), run) == [], f"round {number}"
        assert not list(run.rglob(f"{PART}*"))
    assert kills >= rounds - 1, "most trainings ended before they could be killed"
