"""`jena-rnn predict`: what a trained model says of a text."""

import sys
from pathlib import Path

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, notice, result


@click.command()
@click.argument("run", type=options.Place())
@click.option("--text", "texts", multiple=True, help="A review; more than once for more.  [default: stdin, one a line]")
@options.as_json
def predict(run: Path, *, texts: tuple[str, ...], as_json: bool) -> None:
    """Print how probable RUN's best weights find it that a review is positive, a line for each review."""
    from jena_rnn.rundir import RunDir

    opened = RunDir.open(run)
    reviews = list(texts) or [line for line in _lines() if line.strip()]
    if not reviews:
        raise click.UsageError("no text: give --text, or texts on stdin, one a line.")

    from jena_rnn.messages import one_line
    from jena_rnn.scoring import of_texts

    found = of_texts(opened, reviews, notice)
    if as_json:
        json_result([{"text": text, "probability": float(each)} for text, each in zip(reviews, found, strict=True)])
    else:
        result("\n".join(f"{each:.4f}  {one_line(text.strip())}" for text, each in zip(reviews, found, strict=True)))


def _lines() -> list[str]:
    if sys.stdin.isatty():
        notice("reviews, one a line; Ctrl-D ends:")
    return sys.stdin.read().removeprefix("\ufeff").split("\n")
