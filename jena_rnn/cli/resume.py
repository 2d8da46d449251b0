"""`jena-rnn resume`: go on with a run that was stopped, or make a finished one longer."""

import sys
from pathlib import Path

import click

from jena_rnn.cli import options


@click.command()
@click.argument("run", type=options.Place())
@click.option("--epochs", type=click.IntRange(min=1), help="Epochs in all, if more than the run was asked for.")
@click.option("--quiet", is_flag=True, help="Print the result alone.")
def resume(run: Path, *, epochs: int | None, quiet: bool) -> None:
    """Go on with RUN from its last whole epoch.

    On a CPU the end is the same, bit for bit, as that of a run which never stopped.
    """
    from jena_rnn.runs.rundir import RunDir

    opened = RunDir.open(run)
    with opened.locked():  # before anything large is loaded, so that a second one is told at once
        from jena_rnn import experiments
        from jena_rnn.cli.outcome import conclude

        command = ["jena-rnn", *sys.argv[1:]]
        conclude(
            lambda listener, write: experiments.resume(
                opened, command=command, epochs=epochs, listener=listener, conclude=write
            ),
            quiet=quiet,
        )
