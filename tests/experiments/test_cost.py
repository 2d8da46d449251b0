"""What an epoch is expected to take: the work is exact, the seconds are plausible."""

import re

import pytest
from helpers import TINY, config_of

from jena_rnn.experiments.cost import about, multiply_adds
from jena_rnn.experiments.prepare import prepare
from jena_rnn.training.dataset import Head
from jena_rnn.training.zoo import build


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dense", 240 * 14 * 32 + 32 + 33),
        ("gru", 240 * 4_608 + 33),
        ("stacked", 240 * (4_608 + 18_816) + 65),
        ("bidirectional", 240 * 9_216 + 65),
        ("conv", 236 * 2_272 + 74 * 5_152 + 20 * 5_152 + 33),
    ],
)
def test_each_weight_counts_at_each_timestep_that_it_works_on(name: str, expected: int) -> None:
    options = config_of(f"model: {{name: {name}}}").model
    assert multiply_adds(build(options, (240, 14), Head())) == expected


@pytest.mark.parametrize(("steps", "unit"), [(1, "a second"), (20_000, "s"), (1_000_000, "minutes")])
def test_more_steps_take_longer_in_a_fitting_unit(steps: int, unit: str) -> None:
    prepared = prepare(config_of(TINY, f"training.steps_per_epoch={steps}"))
    text = about(prepared.model, prepared.dataset, prepared.config.training)
    assert re.fullmatch(rf"[\w ]+, about (\d+ )?{unit} an epoch", text)
