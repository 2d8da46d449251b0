"""`jena-rnn resume`: continue a run that was stopped, or make a finished one longer."""

import sys
from pathlib import Path

import click

from jena_rnn.cli import options


@click.command()
@click.argument("run", type=options.Place())
@click.option("--epochs", type=click.IntRange(min=1), help="Epochs in all, to make a run longer.")
@click.option("--quiet", is_flag=True, help="Print only the result.")
def resume(run: Path, *, epochs: int | None, quiet: bool) -> None:
    """Continue RUN from its last finished epoch.

    On a CPU the result is the same, bit for bit, as that of a run which never stopped.
    """
    from jena_rnn.runs.rundir import RunDir

    opened = RunDir.open(run)
    with opened.locked():  # before TensorFlow is loaded, so that a second process is refused at once
        from jena_rnn import experiments
        from jena_rnn.cli.outcome import conclude

        command = ["jena-rnn", *sys.argv[1:]]
        conclude(
            lambda listener, write: experiments.resume(
                opened, command=command, epochs=epochs, listener=listener, conclude=write
            ),
            quiet=quiet,
        )
