"""`jena-rnn predict`: how a trained model classifies a text."""

import sys
from pathlib import Path

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, notice, result


@click.command()
@click.argument("run", type=options.Place())
@click.option(
    "--text",
    "texts",
    multiple=True,
    help="A review; repeat for more.  [default: stdin, one a line]",
)
@options.as_json
def predict(run: Path, *, texts: tuple[str, ...], as_json: bool) -> None:
    """Print the probability that a review is positive, by RUN's best weights; one line for each review."""
    from jena_rnn.runs.rundir import RunDir

    opened = RunDir.open(run)
    reviews = list(texts) or [line for line in _lines() if line.strip()]
    if not reviews:
        raise click.UsageError("no text: give --text, or texts on stdin, one a line.")

    from jena_rnn.base.messages import one_line
    from jena_rnn.experiments.evaluate import of_texts

    found = of_texts(opened, reviews, notice)
    if as_json:
        json_result([{"text": text, "probability": float(each)} for text, each in zip(reviews, found, strict=True)])
    else:
        result("\n".join(f"{each:.4f}  {one_line(text.strip())}" for text, each in zip(reviews, found, strict=True)))


def _lines() -> list[str]:
    """Return the lines of stdin, which must be UTF-8."""
    from jena_rnn.base.errors import DataError

    if sys.stdin.isatty():
        notice("reviews, one a line; Ctrl-D ends:")
    try:
        return sys.stdin.buffer.read().decode().split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"stdin: expected UTF-8 text: {error.reason} at byte {error.start:,}") from None
