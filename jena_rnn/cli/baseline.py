"""`jena-rnn baseline`: what no learning brings, under both protocols."""

import dataclasses
from typing import Any

import click

from jena_rnn.cli import options
from jena_rnn.cli.terminal import json_result, result


@click.command()
@click.argument("config", default="gru")
@options.config_options
@options.as_json
def baseline(config: str, *, as_json: bool, **flags: Any) -> None:
    """Print the MAE of naive and climatological forecasts on validation and test.

    Split, windows and target are those of CONFIG; without one, the book's.
    """
    loaded, _ = options.load_config(config, flags)

    from jena_rnn.baselines import baselines
    from jena_rnn.series import unit_of
    from jena_rnn.stations import open_series

    series = open_series(loaded.data)
    found = baselines(loaded, series)
    if as_json:
        plain = {
            protocol: {"error": splits}
            if isinstance(splits, str)
            else {name: dataclasses.asdict(each) for name, each in splits.items()}
            for protocol, splits in found.items()
        }
        json_result({"series": series.source.name, "target": loaded.data.target, **plain})
        return
    result("\n".join(_text(found, series.source.name, loaded.data.target, unit_of(loaded.data.target))))


def _text(found: dict[str, Any], name: str, target: str, unit: str) -> list[str]:
    from jena_rnn.report import table

    rows, missing = [], []
    for protocol, splits in found.items():
        if isinstance(splits, str):
            missing.append(f"protocol {protocol}: {splits}")
            continue
        for split, each in splits.items():
            std = each.unit_per_normalised
            rows.append(
                [
                    f"{protocol}, {split}",
                    f"{each.lead_hours:g} h",
                    f"{each.windows:,}",
                    f"{each.batches:,}",
                    repr(each.naive),
                    f"{each.naive * std:.3f}",
                    f"{each.climatology:.4f}",
                    f"{each.climatology * std:.3f}",
                ]
            )
    header = ["protocol, split", "lead", "windows", "batches", "naive, normalised", unit or "in its unit"]
    header += ["climatology, normalised", unit or "in its unit"]
    return [f"{name}: MAE of {target} without learning", "", table(header, rows), *missing]
