"""`jena-rnn show`: a config explained before training, or the gates of a trained cell."""

from pathlib import Path
from typing import Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, notice, result


@click.command()
@click.argument("config", metavar="CONFIG|RUN")
@options.config_options
@click.option("--trace", is_flag=True, help="Draw the gates of RUN's cell over one sample of its data.")
@click.option("--split", type=click.Choice(["train", "val", "test"]), help="Split of the sample.  [default: test]")
@click.option("--number", type=click.IntRange(min=0), help="Number of the sample, from 0.  [default: 0]")
@click.option("--text", help="Trace this text instead of a sample.")
@options.as_json
def show(
    config: str, *, trace: bool, split: str | None, number: int | None, text: str | None, as_json: bool, **flags: Any
) -> None:
    """Explain CONFIG: its samples in plain words, every key, the layers and their weights.

    With --trace, show where the first recurrent layer of RUN writes into its memory.
    """
    if trace:
        given = [name for name in ("data", "sample", "scale_split", "settings") if flags[name]]
        if given:
            raise click.UsageError("--trace uses a run's own data; it takes --split, --number or --text only.")
        _trace(Path(config), split, number, text, as_json=as_json)
    elif split is not None or number is not None or text is not None:
        raise click.UsageError("--split, --number and --text need --trace.")
    else:
        _explain(config, flags, as_json=as_json)


def _explain(config: str, flags: dict[str, Any], *, as_json: bool) -> None:
    loaded, _ = options.load_config(config, flags)

    from jena_rnn.tasks import task_of

    found = task_of(loaded).explain(loaded, must_be_there=flags["data"] is not None)

    from jena_rnn.base.messages import plural
    from jena_rnn.config.loading import dump, plain
    from jena_rnn.experiments.cost import about
    from jena_rnn.training.epochs import accelerated
    from jena_rnn.training.zoo import build, describe

    spec = found.spec
    model = build(loaded.model, spec.input_shape, spec.head, embedding=spec.embedding)
    if as_json:
        layers = {"layers": describe(model), "parameters": model.count_params()}
        json_result({"config": plain(loaded)} | found.plain | layers)
        return
    result("\n".join(found.lines))
    result("\n" + dump(loaded).rstrip())
    result("\n" + "\n".join(_layers(describe(model), model.count_params())))
    if found.dataset is not None:
        steps = found.dataset.steps
        training = accelerated(loaded.model, loaded.training, steps, embedded=spec.embedding is not None)
        result(f"\n{plural(steps, 'step', 'steps')} an epoch, {about(model, found.dataset, training)}")


def _layers(layers: list[dict[str, Any]], parameters: int) -> list[str]:
    from jena_rnn.base.tables import table

    rows = [[layer["layer"], layer["output"], f"{layer['parameters']:,}"] for layer in layers]
    return [table(["layer", "output", "parameters"], rows), "", f"{parameters:,} parameters"]


def _trace(path: Path, split: str | None, number: int | None, text: str | None, *, as_json: bool) -> None:
    if text is not None and (split is not None or number is not None):
        raise click.UsageError(
            "--text cannot be combined with --split and --number, which choose a sample of the run's data."
        )
    from jena_rnn.runs.layout import TRACE
    from jena_rnn.runs.rundir import RunDir

    run = RunDir.open(path)
    run.refuse_busy()

    from jena_rnn.experiments.trace import look, look_at_text
    from jena_rnn.reports.trace_plots import gates

    found = look_at_text(run, text, notice) if text is not None else look(run, split or "test", number or 0, notice)
    if as_json:
        json_result(found.plain)
        return
    result("\n".join(found.lines))
    sample = found.sample
    figure = gates(
        found.layers,
        title=f"{path.resolve().name}: {found.lines[0]}",
        axis=sample.axis,
        positions=sample.positions,
        labels=sample.labels,
    )
    with run.locked():
        notice(f"drawn: {run.write_plot(TRACE, figure)}")
