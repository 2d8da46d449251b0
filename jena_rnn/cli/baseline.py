"""`jena-rnn baseline`: the errors to beat."""

from typing import Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, result


@click.command()
@click.argument("config", default="gru")
@options.config_options
@options.as_json
def baseline(config: str, *, as_json: bool, **flags: Any) -> None:
    """Print the errors to beat on validation and test, without training.

    For a series, the MAE of naive and climatological forecasts under both protocols; for reviews, the accuracy of
    the commoner label and of a bag of words. Split and target are those of CONFIG; without one, the book's.
    """
    loaded, _ = options.load_config(config, flags)

    from jena_rnn.tasks import task_of

    found = task_of(loaded).baselines(loaded)
    if as_json:
        json_result(found.plain)
    else:
        result("\n".join(found.lines))
