"""`jena-rnn evaluate`: the errors of a run on any split, or on another file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, notice, result

if TYPE_CHECKING:
    from jena_rnn.config.experiment import Experiment, Place
    from jena_rnn.config.loading import Override


@click.command()
@click.argument("run", type=options.Place())
@click.option(
    "--split", type=click.Choice(["train", "val", "test"]), help="Split of the run's own data.  [default: test]"
)
@click.option("--data", type=options.Place(), metavar="FILE", help="Score this whole file or folder instead.")
@click.option("--sample", is_flag=True, help="Score the made-up data instead.")
@options.settings
@click.option("--predictions", type=options.Place(dir_okay=False), help="Write the forecasts to this CSV.")
@click.option("--force", is_flag=True, help="Replace that CSV if it exists.")
@options.as_json
def evaluate(
    run: Path, *, split: str | None, predictions: Path | None, force: bool, as_json: bool, **flags: Any
) -> None:
    """Score the best weights of RUN beside the baselines.

    Another file is read like the run's own data; --set names what differs, such as data.date=time. If it holds reviews
    with a test part, that part is scored.
    """
    from jena_rnn.base.files import atomic
    from jena_rnn.base.paths import refuse_existing, refuse_source
    from jena_rnn.config.loading import places_of
    from jena_rnn.runs.layout import refuse_place_of_run
    from jena_rnn.runs.rundir import RunDir

    opened = RunDir.open(run)
    overrides = options.overrides(flags)
    if split is not None and overrides:
        raise click.UsageError("--split is of the run's own data; another file is scored whole.")
    own = opened.config()
    data = _data_of(own, run, overrides) if overrides else own.data
    if predictions is not None:
        refuse_place_of_run(predictions)
        refuse_existing(predictions, force=force)
        for source in places_of(data):
            refuse_source(predictions, source)

    from jena_rnn.experiments.evaluate import evaluate as score
    from jena_rnn.experiments.evaluate import evaluate_other

    found = evaluate_other(opened, data, notice) if overrides else score(opened, split or "test", notice)
    if predictions is not None:
        with atomic(predictions, new=not force) as file:
            found.predictions.write(file)
    if as_json:
        plain = {"series": found.source.name, "made_up": found.source.made_up} | found.score.as_dict()
        json_result(plain)
    else:
        result("\n".join([f"{opened.path.resolve().name} on {found.source.name}", "", *found.score.lines()]))


def _data_of(own: "Experiment", run: Path, overrides: "list[Override]") -> "Place":
    """Return the `data` section of a run's config with overrides of how to read data; raises ConfigError for others."""
    from jena_rnn.base.errors import ConfigError
    from jena_rnn.config.loading import dump
    from jena_rnn.config.nodes import Problem
    from jena_rnn.tasks import parse

    errors, kept = [], []
    for override in overrides:
        key, equals, _ = override.text.partition("=")
        section, _, name = key.strip().partition(".")
        if equals and (section != "data" or name in own.data.SETTLED):
            expected = "expected a key that says how to read data; the run has fixed the rest"
            errors.append(str(Problem(override.option, key.strip(), expected)))
        else:
            kept.append(override)
    try:
        data = parse(dump(own.but(data=own.data.whole())), str(run), kept).data
    except ConfigError as error:
        errors.append(str(error))
    if errors:
        raise ConfigError("\n".join(errors))
    return data
