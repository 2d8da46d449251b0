"""`jena-rnn train`: one experiment, from config to report."""

import sys
from pathlib import Path
from typing import Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import notice


@click.command()
@click.argument("config")
@options.config_options
@click.option("--seed", type=int, help="Seed of weights, dropout and sample order.")
@click.option("--epochs", type=int, help="Epochs to train.")
@click.option("--name", help="Name of the run instead of the config's.")
@click.option("--runs-dir", type=options.Place(), default="runs", show_default=True)
@click.option("--resume", is_flag=True, help="Resume the newest run of this config, if there is one.")
@click.option("--force", is_flag=True, help="Replace the run directory if it exists.")
@click.option("--smoke", is_flag=True, help="Train for seconds only, to see that everything works.")
@click.option("--quiet", is_flag=True, help="Print only the result.")
def train(config: str, *, runs_dir: Path, resume: bool, force: bool, quiet: bool, **flags: Any) -> None:
    """Train CONFIG (a YAML file, or the name of a shipped one) and report its errors.

    Each run gets a new directory with report.md, plots, history and model.
    """
    loaded, given = options.load_config(config, flags)

    from jena_rnn import experiments
    from jena_rnn.cli.outcome import conclude

    command = ["jena-rnn", *sys.argv[1:]]
    run = experiments.latest(loaded, runs_dir, notice) if resume else None
    if run is not None:
        epochs, data = loaded.training.epochs, loaded.data
        with run.locked():
            conclude(
                lambda listener, write: experiments.resume(
                    run, command=command, epochs=epochs, data=data, listener=listener, conclude=write
                ),
                quiet=quiet,
            )
        return
    conclude(
        lambda listener, write: experiments.train(
            loaded,
            runs=runs_dir,
            command=command,
            overrides=given,
            force=force,
            listener=listener,
            conclude=write,
        ),
        quiet=quiet,
    )
