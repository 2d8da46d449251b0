"""`jena-rnn inspect`: the data audit."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, notice, result

if TYPE_CHECKING:
    from jena_rnn.audit import Audit


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
    help="Where series.png and first_days.png go.",
)
@click.option("--no-plots", is_flag=True, help="Draw nothing.")
@options.as_json
def inspect(config: str, *, plots: Path, no_plots: bool, as_json: bool, **flags: Any) -> None:
    """Audit a series: columns, period, gaps, repeated times, sentinels, fingerprint; and draw it.

    The series is that of a config (data.path and its columns), or a CSV given here or with --data.
    """
    if config.lower().endswith(".csv"):
        flags["data"], config = config, "gru"
    loaded, _ = options.load_config(config, flags)

    from jena_rnn.audit import audit
    from jena_rnn.stations import open_series

    series = open_series(loaded.data)
    facts = audit(series, loaded.data.sentinel)
    if as_json:
        json_result(facts.as_dict())
    else:
        result("\n".join(_text(facts)))
    if no_plots:
        return
    if loaded.data.target not in series.columns:
        notice(f"nothing drawn: no column {loaded.data.target!r}; --set data.target=NAME names another")
        return
    from jena_rnn.files import make_folder, save_figure
    from jena_rnn.plots import first_days, whole_series

    make_folder(plots)
    for name, draw in (("series", whole_series), ("first_days", first_days)):
        save_figure(plots / f"{name}.png", draw(series, loaded.data.target, loaded.data.sentinel))
        notice(f"drawn: {plots / name}.png")


def _short(value: float) -> str:
    return f"{value:,.2f}" if not abs(value) >= 1e12 else f"{value:.6g}"  # noqa: PLR2004 (wider than a table is)


def _text(facts: "Audit") -> list[str]:
    from jena_rnn.report import table

    rows = [
        [
            c.name,
            *(_short(v) for v in (c.minimum, c.maximum, c.mean, c.std)),
            str(c.sentinels.count),
            str(c.missing.count),
        ]
        for c in facts.columns
    ]
    places = [
        f"  {column.name}, {kind}: {fault}"
        for column in facts.columns
        for kind, fault in (("sentinels", column.sentinels), ("missing", column.missing))
        if fault.count
    ]
    return [
        f"{facts.name}: {facts.rows:,} rows, {len(facts.columns)} columns",
        f"edition: {facts.edition}",
        f"SHA-256: {facts.sha256}",
        f"from {facts.first_time} to {facts.last_time}, one row every {facts.step_minutes:g} minutes",
        "",
        table(["column", "min", "max", "mean", "std", "sentinels", "missing"], rows),
        "",
        "Rows are counted from 0.",
        f"gaps in time: {facts.gaps}",
        f"jumps back in time: {facts.backward}",
        f"repeated times: {facts.repeated}"
        + (f" ({facts.repeated_alike:,} equal the first in every column)" if facts.repeated.count else ""),
        *places,
        *(f"note: {note}" for note in facts.notes),
    ]
