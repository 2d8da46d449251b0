"""The end of `train` and `resume`: the report and the plots written, the errors printed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jena_rnn.cli.terminal import Progress, notice, result

if TYPE_CHECKING:
    from jena_rnn.runs.rundir import RunDir
    from jena_rnn.training.listener import Listener


def conclude(training: "Callable[[Listener, Callable[[RunDir], None]], object]", *, quiet: bool) -> None:
    """Run a training with a progress bar; write the report and the plots at its end, and print the errors."""
    from jena_rnn.reports.drawing import draw
    from jena_rnn.reports.report import render

    written: list[tuple[Path, str]] = []

    def write(run: "RunDir") -> None:
        progress.close()
        text = render(run)
        written.append((run.write_report(text), text))
        draw(run)

    progress = Progress(quiet=quiet)
    try:
        training(progress, write)
    finally:
        progress.close()
    for path, text in written:
        head, errors = text.split("\n\n")[:2]
        result(f"{head.removeprefix('# ')}\n\n{errors}\n")
        if not quiet:
            notice(f"report: {path}")
