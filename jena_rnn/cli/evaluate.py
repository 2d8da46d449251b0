"""`jena-rnn evaluate`: the best weights of a run on any split, or on another file."""

import json
from pathlib import Path

import click

from jena_rnn.cli import options


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--split",
    type=click.Choice(["train", "val", "test"]),
    default="test",
    show_default=True,
    help="What to score.",
)
@click.option("--data", metavar="CSV", help="Score every window of this file instead.")
@click.option("--predictions", type=click.Path(path_type=Path, dir_okay=False), help="Write the forecasts to this CSV.")
@options.as_json
def evaluate(run: Path, split: str, data: str | None, predictions: Path | None, as_json: bool) -> None:
    """Score the best weights of RUN, beside naive on the same windows."""
    from jena_rnn.files import atomic
    from jena_rnn.report import percent, table
    from jena_rnn.rundir import RunDir

    opened = RunDir.open(run)
    from jena_rnn.scoring import evaluate as score_run

    score, forecasts = score_run(opened, split, data)
    if predictions is not None:
        with atomic(predictions) as file:
            forecasts.write(file)
    if as_json:
        click.echo(json.dumps(score.as_dict(), indent=2, ensure_ascii=False))
        return
    errors = score.as_dict()
    naive = f"{errors['naive_mae_unit']:.3f}"
    row = [f"{run.name}, {score.split}", f"{errors['mae_unit']:.3f}", f"{score.mae:.4f}", naive]
    if opened.info()["data"]["made_up"]:
        row[0] += " (trained on the made-up station)"
    header = ["MAE", score.unit or "unit", "normalised", "naive", "skill", "windows"]
    click.echo(table(header, [[*row, percent(errors["skill"]), f"{score.windows:,}"]]))
    if score.collapsed:
        click.echo("COLLAPSED: the model forecasts the same whatever it is shown.")
