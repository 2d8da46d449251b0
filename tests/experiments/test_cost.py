"""What an epoch is expected to take: the work is exact, the seconds are plausible."""

import re

import pytest

from jena_rnn.config.loading import parse
from jena_rnn.config.models import Bidirectional, Conv, Dense, Gru, Model, Stacked
from jena_rnn.experiments.cost import about, multiply_adds
from jena_rnn.forecast import opening as forecasting
from jena_rnn.series.sample import simulate
from jena_rnn.training.dataset import Head
from jena_rnn.training.epochs import accelerated
from jena_rnn.training.zoo import build


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Dense(), 240 * 14 * 32 + 32 + 33),
        (Gru(), 240 * 4_608 + 33),
        (Stacked(), 240 * (4_608 + 18_816) + 65),
        (Bidirectional(), 240 * 9_216 + 65),
        (Conv(), 236 * 2_272 + 74 * 5_152 + 20 * 5_152 + 33),
    ],
    ids=lambda options: getattr(options, "name", ""),
)
def test_each_weight_counts_at_each_timestep_that_it_works_on(options: Model, expected: int) -> None:
    assert multiply_adds(build(options, (240, 14), Head())) == expected


@pytest.mark.parametrize(("steps", "unit"), [(1, "a second"), (300, "s"), (100_000, "minutes")])
def test_more_steps_take_longer_and_are_told_in_a_fitting_unit(steps: int, unit: str) -> None:
    config = parse("split: {scale: true}", "small.yaml", [f"training.steps_per_epoch={steps}"], "small")
    task = forecasting.forecast(config, simulate(8000))
    model = build(config.model, task.input_shape, task.head)
    text = about(model, task, accelerated(config.model, config.training, steps))
    assert re.fullmatch(rf"[\w ]+, about (\d+ )?{unit} an epoch", text)
