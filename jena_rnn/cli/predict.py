"""`jena-rnn predict`: what a trained model says of a text."""

import io
import os
import select
import sys
from pathlib import Path
from typing import BinaryIO

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, notice, result


@click.command()
@click.argument("run", type=options.Place())
@click.option(
    "--text",
    "texts",
    type=options.text,
    multiple=True,
    help="A review; more than once for more.  [default: stdin, one a line]",
)
@options.as_json
def predict(run: Path, *, texts: tuple[str, ...], as_json: bool) -> None:
    """Print how probable RUN's best weights find it that a review is positive, a line for each review."""
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
    """Return the lines of stdin, in UTF-8 whatever the locale, as texts in files are."""
    from jena_rnn.base.errors import FileError
    from jena_rnn.base.messages import reason
    from jena_rnn.reviews.texts import text_of

    if sys.stdin.isatty():
        notice("reviews, one a line; Ctrl-D ends:")
    try:
        return text_of(_to_the_end(sys.stdin.buffer), "stdin").split("\n")
    except OSError as error:
        raise FileError(f"stdin: cannot be read: {reason(error)}") from None


def _to_the_end(stream: BinaryIO) -> bytes:
    """Return all that a stream gives, also where it was left not to wait for its writer."""
    found = stream.read()
    if _waits(stream):
        return found
    parts = [found]
    while parts[-1] != b"":
        select.select([stream], [], [])
        parts.append(stream.read())
    return b"".join(part for part in parts if part is not None)


def _waits(stream: BinaryIO) -> bool:
    try:
        return os.get_blocking(stream.fileno())
    except io.UnsupportedOperation:  # no file of the system
        return True
