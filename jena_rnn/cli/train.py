"""`jena-rnn train`: one experiment, from config to report."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import notice

if TYPE_CHECKING:
    from jena_rnn.config.experiment import Experiment


@click.command()
@click.argument("config")
@options.config_options
@click.option("--seed", type=int, help="Seed of weights, masks and order.")
@click.option("--epochs", type=int, help="Epochs to train.")
@click.option("--name", type=options.text, help="What to call the run instead of the config's name.")
@click.option("--runs-dir", type=options.Place(), default="runs", show_default=True)
@click.option("--resume", is_flag=True, help="Go on with the newest such run, if there is one.")
@click.option("--force", is_flag=True, help="Replace the run directory if it exists.")
@click.option("--smoke", is_flag=True, help="A run of seconds, to see that everything works.")
@click.option("--quiet", is_flag=True, help="Print the result alone.")
def train(config: str, *, runs_dir: Path, resume: bool, force: bool, quiet: bool, **flags: Any) -> None:
    """Train CONFIG (a YAML file, or the name of a shipped one) and report its errors.

    Everything that the run leaves stands in its own directory: report.md, plots, history, model.
    """
    loaded, given = options.load_config(config, flags)

    from jena_rnn.runs.in_use import refuse_place_of_run

    refuse_place_of_run(runs_dir)
    if resume and _went_on(loaded, runs_dir, quiet=quiet):
        return

    from jena_rnn.cli.outcome import conclude
    from jena_rnn.experiments import experiment

    command = ["jena-rnn", *sys.argv[1:]]
    conclude(
        lambda listener, write: experiment.train(
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


def _went_on(config: "Experiment", runs: Path, *, quiet: bool) -> bool:
    """Go on with the newest run of a config to its end, and return whether there was one."""
    from jena_rnn.runs.in_use import run_to_go_on

    with run_to_go_on(runs, config) as held:  # before anything large is loaded, so that a second one is told at once
        from jena_rnn.cli.outcome import conclude
        from jena_rnn.experiments import experiment
        from jena_rnn.runs.rundir import RunDir

        path = experiment.latest(config, runs, notice)
        if path is None:
            return False
        run = held if held is not None and held.path == path else RunDir.open(path)
        command, more = ["jena-rnn", *sys.argv[1:]], config.training.epochs
        with nullcontext() if run is held else run.locked():
            conclude(
                lambda listener, write: experiment.resume_locked(
                    run, command=command, more=more, data=config.data, listener=listener, conclude=write
                ),
                quiet=quiet,
            )
    return True
