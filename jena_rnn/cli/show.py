"""`jena-rnn show`: what a config comes to, before anything is trained."""

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, result

if TYPE_CHECKING:
    from jena_rnn.schema import Config
    from jena_rnn.tasks import Task


@click.command()
@click.argument("config")
@options.config_options
@options.as_json
def show(config: str, *, as_json: bool, **flags: Any) -> None:
    """Explain CONFIG: its windows in plain words, every key, the layers and their weights."""
    loaded, _ = options.load_config(config, flags)
    windows, facts, task, columns = _windows(loaded, must_be_there=flags["data"] is not None)

    from jena_rnn.config import dump
    from jena_rnn.models import build, describe
    from jena_rnn.pace import about
    from jena_rnn.tasks import Head
    from jena_rnn.training import accelerated

    timesteps = loaded.windows.lookback // loaded.windows.step
    model = build(loaded.model, (timesteps, columns), Head())
    if as_json:
        found = {
            "series": windows[0].rstrip(":") if facts else None,
            "config": dataclasses.asdict(loaded),
            "windows": facts,
        }
        found |= {"layers": describe(model), "parameters": model.count_params()}
        json_result(found)
        return
    result("\n".join(windows))
    result("\n" + dump(loaded).rstrip())
    result("\n" + "\n".join(_layers(describe(model), model.count_params())))
    if task is not None:
        training = accelerated(loaded.model, loaded.training, task.steps)
        result(f"\n{task.steps} steps an epoch, {about(model, task, training)}")


def _windows(
    config: "Config", *, must_be_there: bool
) -> "tuple[list[str], list[dict[str, Any]] | None, Task | None, int]":
    """Return the windows in words and for JSON, the task, and the number of input columns; without data, the reason.

    Raises DataError if the data does not do, or `must_be_there` and is not.
    """
    from jena_rnn import explain, tasks
    from jena_rnn.audit import audit
    from jena_rnn.errors import NoDataError
    from jena_rnn.sample import COLUMNS
    from jena_rnn.stations import open_series

    try:
        series = open_series(config.data)
        task = tasks.forecast(config, series)
    except NoDataError as error:
        if must_be_there:
            raise
        columns = len(config.data.columns or COLUMNS)
        return (
            [f"The windows cannot be placed in time, and {columns} input columns are assumed: {error}"],
            None,
            None,
            columns,
        )
    faults = audit(series, config.data.sentinel).summary()
    facts = [dataclasses.asdict(split) for split in explain.split_facts(task)]
    return [f"{series.source.name}:", *explain.explain(task, faults)], facts, task, task.input_shape[1]


def _layers(layers: list[dict[str, Any]], parameters: int) -> list[str]:
    from jena_rnn.report import table

    rows = [[layer["layer"], layer["output"], f"{layer['parameters']:,}"] for layer in layers]
    return [table(["layer", "output", "parameters"], rows), "", f"{parameters:,} parameters"]
