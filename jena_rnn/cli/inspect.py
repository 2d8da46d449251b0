"""`jena-rnn inspect`: the data audit."""

from pathlib import Path
from typing import Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, notice, result


@click.command()
@click.argument("config", default="gru", metavar="[CONFIG|CSV]")
@options.data
@options.sample
@options.settings
@click.option(
    "--plots",
    type=options.Place(file_okay=False),
    default="inspect",
    show_default=True,
    help="Folder of its figures.",
)
@click.option("--no-plots", is_flag=True, help="Draw nothing.")
@options.as_json
def inspect(config: str, *, plots: Path, no_plots: bool, as_json: bool, **flags: Any) -> None:
    """Audit the data of CONFIG and draw it.

    Of a series: columns, period, gaps, repeated times, sentinels; of reviews: lengths, labels, words, copies. A
    series can be given as a CSV, here or with --data.
    """
    from jena_rnn.config.loading import SERIES

    if config.lower().endswith(SERIES):
        if flags["data"] is not None:
            raise click.UsageError(f"{config} and --data name two sources; give one.")
        flags["data"], config = options.Place().convert(config, None, None), "gru"
    loaded, _ = options.load_config(config, flags)

    from jena_rnn.tasks import task_of

    found = task_of(loaded).inspect(loaded)
    if as_json:
        json_result(found.plain)
    else:
        result("\n".join(found.lines))
    if no_plots:
        return
    from jena_rnn.base.files import make_folder, remove_empty, save_figure
    from jena_rnn.reports.drawing import inspected

    figures = inspected(loaded, found.subject, notice)
    if figures:
        make_folder(plots)
    try:
        for name, figure in figures.items():
            save_figure(plots / f"{name}.png", figure)
            notice(f"drawn: {plots / name}.png")
    finally:
        remove_empty(plots)
