"""`jena-rnn show`: what a config comes to, before anything is trained."""

import dataclasses
from typing import Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, result


@click.command()
@click.argument("config")
@options.config_options
@options.as_json
def show(config: str, *, as_json: bool, **flags: Any) -> None:
    """Explain CONFIG: its samples in plain words, every key, the layers and their weights."""
    loaded, _ = options.load_config(config, flags)

    from jena_rnn.kinds import kind_of

    found = kind_of(loaded).explain(loaded, must_be_there=flags["data"] is not None)

    from jena_rnn.config import dump
    from jena_rnn.models import build, describe
    from jena_rnn.pace import about
    from jena_rnn.training import accelerated

    model = build(loaded.model, found.input_shape, found.head, embedding=found.embedding)
    if as_json:
        layers = {"layers": describe(model), "parameters": model.count_params()}
        json_result({"config": dataclasses.asdict(loaded)} | found.plain | layers)
        return
    result("\n".join(found.lines))
    result("\n" + dump(loaded).rstrip())
    result("\n" + "\n".join(_layers(describe(model), model.count_params())))
    if found.task is not None:
        training = accelerated(loaded.model, loaded.training, found.task.steps)
        result(f"\n{found.task.steps} steps an epoch, {about(model, found.task, training)}")


def _layers(layers: list[dict[str, Any]], parameters: int) -> list[str]:
    from jena_rnn.tables import table

    rows = [[layer["layer"], layer["output"], f"{layer['parameters']:,}"] for layer in layers]
    return [table(["layer", "output", "parameters"], rows), "", f"{parameters:,} parameters"]
