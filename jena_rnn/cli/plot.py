"""`jena-rnn plot`: the figures of a run again, or several runs in one."""

from pathlib import Path

import click


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="compare.png",
    show_default=True,
    help="Where the figure of several runs goes.",
)
def plot(runs: tuple[Path, ...], out: Path) -> None:
    """Redraw all plots of a RUN from its files; of several, their validation curves in one figure."""
    from jena_rnn.drawing import compare, draw
    from jena_rnn.files import save_figure
    from jena_rnn.rundir import RunDir

    opened = [RunDir.open(run) for run in runs]
    if len(opened) == 1:
        for path in draw(opened[0]):
            click.echo(path)
        return
    save_figure(out, compare(opened))
    click.echo(out)
