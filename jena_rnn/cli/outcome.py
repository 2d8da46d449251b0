"""The end of `train` and `resume`: the report and the plots written, the errors printed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from jena_rnn.cli.terminal import Progress, notice, result

if TYPE_CHECKING:
    from jena_rnn.rundir import RunDir
    from jena_rnn.training import Listener


def conclude(training: "Callable[[Listener], RunDir]", *, quiet: bool) -> None:
    """Run a training with a progress bar, then write and print what came of it."""
    from jena_rnn.drawing import draw
    from jena_rnn.report import render

    progress = Progress(quiet=quiet)
    try:
        run = training(progress)
    finally:
        progress.close()
    text = render(run)
    path = run.write_report(text)
    draw(run)
    head, errors = text.split("\n\n")[:2]
    result(f"{head.removeprefix('# ')}\n\n{errors}\n")
    if not quiet:
        notice(f"report: {path}")
