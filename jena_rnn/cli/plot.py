"""`jena-rnn plot`: draw the figures of a run again, or several runs in one."""

from pathlib import Path

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import result


@click.command()
@click.argument("runs", nargs=-1, required=True, type=options.Place(), metavar="RUN...")
@click.option(
    "--out",
    type=options.Place(dir_okay=False),
    help="File of the figure of several runs: PNG, PDF or SVG.  [default: compare.png]",
)
@click.option("--force", is_flag=True, help="Replace that file if it exists.")
def plot(runs: tuple[Path, ...], out: Path | None, force: bool) -> None:
    """Redraw the plots of a RUN from its files, or the validation curves of several in one figure."""
    from jena_rnn.base.files import FIGURES, save_figure
    from jena_rnn.base.paths import refuse_existing
    from jena_rnn.runs.layout import refuse_place_of_run
    from jena_rnn.runs.rundir import RunDir

    opened = [RunDir.open(run) for run in runs]
    if len(opened) == 1:
        if out is not None:
            raise click.UsageError("--out is for several runs; the plots of one go to its own directory.")
        opened[0].refuse_busy()

        from jena_rnn.reports.drawing import draw

        with opened[0].locked():
            drawn = draw(opened[0])
        result("\n".join(str(path) for path in drawn))
        return
    out = out or Path("compare.png")
    if out.suffix.lower() not in FIGURES:
        raise click.BadParameter(
            f"expected a name that ends in {' or '.join(FIGURES)}, got {str(out)!r}", param_hint="--out"
        )
    refuse_place_of_run(out)
    refuse_existing(out, force=force)

    from jena_rnn.reports.drawing import compare

    save_figure(out, compare(opened), new=not force)
    result(str(out))
