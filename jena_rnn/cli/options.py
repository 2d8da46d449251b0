"""Options that several commands share, and what they come to: overrides of the config.

@config_options
def show(config: str, **flags: Any) -> None:
    loaded = load_config(config, flags)
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from jena_rnn.schema import Config

Command = Callable[..., None]

data = click.option("--data", metavar="CSV", help="The series to read instead of data.path.")
sample = click.option("--sample", is_flag=True, help="Use the made-up station: no file needed.")
scale_split = click.option("--scale-split", is_flag=True, help="Scale the split's ranges to the rows there are.")
settings = click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Override a key, such as model.units=64."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def config_options(command: Command) -> Command:
    """Add the options that change a config: --data, --sample, --scale-split, --set."""
    for option in (settings, scale_split, sample, data):
        command = option(command)
    return command


def overrides(flags: dict[str, Any]) -> list[str]:
    """Return the `key=value` overrides that the flags come to, in order of precedence."""
    found = list(flags.get("settings") or ())
    keys = {"data": "data.path", "seed": "seed", "epochs": "training.epochs", "name": "name"}
    for flag, key in keys.items():
        if flags.get(flag) is not None:
            found.append(f"{key}={json.dumps(flags[flag], ensure_ascii=False)}")
    if flags.get("sample"):
        found.append("data.sample=true")
    if flags.get("scale_split"):
        found.append("split.scale=true")
    return found


def load_config(config: str, flags: dict[str, Any]) -> "tuple[Config, tuple[str, ...]]":
    """Return the config and the overrides in it; raises ConfigError."""
    from jena_rnn.config import load

    given = overrides(flags)
    loaded = load(config, given)
    if flags.get("smoke"):
        given += smoke(loaded)
        loaded = load(config, given)
    return loaded, tuple(given)


def smoke(config: "Config") -> list[str]:
    """Return overrides for a run of seconds: few rows, one epoch, a few steps, the split scaled."""
    windows = config.windows
    rows = max(20_000, 6 * (windows.lookback + windows.delay + windows.batch_size))
    return [
        f"data.max_rows={rows}",
        "split.scale=true",
        "training.epochs=1",
        "training.steps_per_epoch=5",
        "training.jit_compile=false",
    ]
