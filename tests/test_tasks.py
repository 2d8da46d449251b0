"""The registry: every task is complete, and a config leads to its own task."""

from dataclasses import MISSING, fields

import pytest
from helpers import config_of

from jena_rnn.config.experiment import Experiment
from jena_rnn.config.models import MODELS
from jena_rnn.tasks import TASKS, Task, task_named, task_of
from jena_rnn.training.history import Record
from jena_rnn.training.zoo import ZOO


@pytest.mark.parametrize("name", TASKS)
def test_a_task_offers_all_that_is_asked_of_one(name: str) -> None:
    task = task_named(name)
    assert isinstance(task, Task)
    assert all(getattr(task, field.name) for field in fields(Task) if field.default is MISSING)
    assert issubclass(task.config, Experiment)
    assert issubclass(task.record, Record)
    assert task.record(**dict.fromkeys((field.name for field in fields(task.record)), 1)).error is not None  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TASKS)
def test_a_config_leads_to_its_task(name: str) -> None:
    config = config_of(f"task: {name}")
    assert isinstance(config, task_named(name).config)
    assert task_of(config) is task_named(name)


@pytest.mark.parametrize("name", TASKS)
def test_the_figures_of_a_report_are_those_that_are_drawn(name: str) -> None:
    assert len(set(task_named(name).report.figures)) == len(task_named(name).report.figures) > 0


def test_the_zoo_has_the_models_that_a_config_can_name() -> None:
    assert list(ZOO) == list(MODELS)
