"""`jena-rnn sample`: the made-up station as a CSV."""

from pathlib import Path

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import notice


@click.command()
@click.argument("file", type=options.Place(dir_okay=False))
@click.option(
    "--rows", type=click.IntRange(min=1), default=420_551, show_default=True, help="Rows, one every 10 minutes."
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def sample(file: Path, rows: int, seed: int, force: bool) -> None:
    """Write a made-up station to FILE, in the form of the Jena file. Its first line says what it is."""
    from jena_rnn.files import atomic, refuse_existing
    from jena_rnn.sample import simulate, write_csv

    refuse_existing(file, force=force)
    series = simulate(rows, seed)
    with atomic(file) as out:
        write_csv(series, out)
    notice(f"{file}: {len(series):,} rows of a {series.source.name}")
