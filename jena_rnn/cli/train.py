"""`jena-rnn train`: one experiment, from config to report."""

import sys
from pathlib import Path
from typing import Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import Progress, notice


@click.command()
@click.argument("config")
@options.config_options
@click.option("--seed", type=int, help="Seed of weights, masks and order.")
@click.option("--epochs", type=int, help="Epochs to train.")
@click.option("--name", help="What to call the run instead of the config's name.")
@click.option("--runs-dir", type=click.Path(path_type=Path), default="runs", show_default=True)
@click.option("--force", is_flag=True, help="Replace the run directory if it exists.")
@click.option("--smoke", is_flag=True, help="A run of seconds, to see that everything works.")
@click.option("--quiet", is_flag=True, help="Print the result alone.")
def train(config: str, *, runs_dir: Path, force: bool, quiet: bool, **flags: Any) -> None:
    """Train CONFIG (a YAML file, or the name of a shipped one) and report its errors.

    Everything that the run leaves stands in its own directory: report.md, plots, history, model.
    """
    loaded, given = options.load_config(config, flags)

    from jena_rnn import experiment
    from jena_rnn.drawing import draw
    from jena_rnn.report import render

    progress = Progress(quiet=quiet)
    command = ["jena-rnn", *sys.argv[1:]]
    try:
        run = experiment.train(loaded, runs=runs_dir, command=command, overrides=given, force=force, listener=progress)
    finally:
        progress.close()
    text = render(run)
    path = run.write_report(text)
    draw(run)
    head, errors = text.split("\n\n")[:2]
    click.echo(f"{head.removeprefix('# ')}\n\n{errors}\n")
    if not quiet:
        notice(f"report: {path}")
