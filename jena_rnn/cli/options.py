"""Options that several commands share, and the overrides of the config that they stand for.

@config_options
def show(config: str, **flags: Any) -> None:
    loaded, given = load_config(config, flags)
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from jena_rnn.config.experiment import Experiment
    from jena_rnn.config.loading import Override

Command = Callable[..., None]


class Place(click.Path):
    """A path on the command line; an empty one, which would be the working directory, is refused."""

    def __init__(self, **what: Any) -> None:
        super().__init__(path_type=Path, readable=False, **what)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fails on an empty one."""
        if value == "":
            self.fail("expected a path, got an empty one", param, ctx)
        return super().convert(value, param, ctx)


data = click.option("--data", type=Place(), metavar="FILE", help="The data to read instead of data.path.")
sample = click.option("--sample", is_flag=True, help="Use made-up data: no file needed.")
scale_split = click.option("--scale-split", is_flag=True, help="Scale a series' split to the rows there are.")
settings = click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Override a key, such as model.units=64."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def config_options(command: Command) -> Command:
    """Add the options that change a config: --data, --sample, --scale-split, --set."""
    for option in (settings, scale_split, sample, data):
        command = option(command)
    return command


def overrides(flags: dict[str, Any]) -> "list[Override]":
    """Return the overrides that the flags stand for, the strongest last; raises UsageError if two contradict."""
    from jena_rnn.base.messages import shortened
    from jena_rnn.config.loading import Override

    if flags.get("sample") and flags.get("data") is not None:
        raise click.UsageError("--sample and --data name two sources; give one.")
    found = [Override(text, f"--set {shortened(text)}") for text in flags.get("settings") or ()]
    keys = {"data": "data.path", "seed": "seed", "epochs": "training.epochs", "name": "name"}
    for flag, key in keys.items():
        if flags.get(flag) is not None:
            plain = str(flags[flag]) if isinstance(flags[flag], Path) else flags[flag]
            value = json.dumps(plain, ensure_ascii=False)
            found.append(Override(f"{key}={value}", f"--{flag} {shortened(str(flags[flag]))}"))
    if flags.get("data") is not None:
        found.append(Override("data.sample=false", "--data"))
    if flags.get("sample"):
        found.append(Override("data.sample=true", "--sample"))
    if flags.get("scale_split"):
        found.append(Override("split.scale=true", "--scale-split"))
    return found


def load_config(config: str, flags: dict[str, Any]) -> "tuple[Experiment, tuple[str, ...]]":
    """Return the config, and its overrides as texts; raises ConfigError."""
    from jena_rnn.config.loading import Override
    from jena_rnn.tasks import load

    given = overrides(flags)
    loaded = load(config, given)
    if flags.get("smoke"):
        given = [*(Override(text, "--smoke") for text in loaded.smoke()), *given]
        loaded = load(config, given)
    return loaded, tuple(override.text for override in given)
