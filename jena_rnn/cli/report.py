"""`jena-rnn report`: a run's report, made again from its files."""

from pathlib import Path

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, result


@click.command()
@click.argument("run", type=options.Place())
@options.as_json
def report(run: Path, *, as_json: bool) -> None:
    """Print the report of RUN and write it to report.md."""
    from jena_rnn.runs.rundir import RunDir

    opened = RunDir.open(run)
    opened.refuse_busy()

    from jena_rnn.reports.report import render

    text = render(opened)
    if as_json:
        json_result({"run": str(run), "info": opened.info(), "metrics": opened.metrics()})
        return
    result(text.rstrip())
    with opened.locked():
        opened.write_report(text)
