"""`jena-rnn sample`: made-up data as a CSV."""

from pathlib import Path

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import notice


@click.command()
@click.argument("file", type=options.Place(dir_okay=False))
@click.option("--task", default="forecast", show_default=True, help="Task whose data to make up: forecast or reviews.")
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    help="Number of rows (one every 10 minutes) or reviews.  [default: 420,551 or 6,000]",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def sample(file: Path, task: str, rows: int | None, seed: int, force: bool) -> None:
    """Write made-up data to FILE: a station in the form of the Jena file, or reviews with their labels.

    The first line of the file says that it is made up.
    """
    from jena_rnn.base.files import atomic
    from jena_rnn.base.paths import refuse_existing
    from jena_rnn.runs.layout import refuse_place_of_run
    from jena_rnn.tasks import TASKS, task_named

    if task not in TASKS:
        raise click.BadParameter(f"expected {' or '.join(TASKS)}, got {task!r}", param_hint="--task")

    refuse_place_of_run(file)
    refuse_existing(file, force=force)
    made = task_named(task).make_up(rows, seed)
    with atomic(file, new=not force) as out:
        made.write(out)
    notice(f"{file}: {made.what}")
