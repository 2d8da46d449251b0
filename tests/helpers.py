"""How tests make configs."""

from typing import Any

from jena_rnn.tasks import load, parse


def config_of(text: str, *overrides: str) -> Any:
    """Return the config in a YAML text, with overrides."""
    return parse(text, "small.yaml", overrides)


def shipped(name: str, *overrides: str) -> Any:
    """Return a shipped config, with overrides."""
    return load(name, overrides)
