"""An experiment's YAML file and its overrides to a `Config`, or every error in them at once.

First in the flow: text -> located tree -> dataclasses -> rules that tie keys together.

    config = load("configs/gru.yaml", ["model.units=64"])
    dump(config)                              # YAML that loads to the same config
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from jena_rnn.binding import bind, nearest
from jena_rnn.errors import ConfigError, FileError
from jena_rnn.located import MAX_BYTES, MAX_DEPTH, Located, Problem, one_line, read, read_value, shortened
from jena_rnn.rules import broken_rules
from jena_rnn.schema import Config


def load(file: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Return the config in `file` (a path, or the name of a shipped one) with `key.sub=value` overrides.

    Raises ConfigError listing every error with file, line and key; FileError if the file cannot be read.
    """
    path = find(file)
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b" " * (MAX_BYTES + 1)
    except OSError as error:
        raise FileError(one_line(f"{path}: cannot read the config: {error.strerror}")) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(one_line(f"{path}:{line}: not UTF-8 text")) from None
    return parse(text, str(path), overrides, default_name=path.stem)


def parse(text: str, name: str = "config", overrides: Sequence[str] = (), default_name: str | None = None) -> Config:
    """Return the config in `text`; `name` stands for the file in messages. Raises ConfigError."""
    problems: list[Problem] = []
    tree = read(text, name, problems)
    for override in overrides:
        _override(tree, override, problems)
    if default_name is not None and isinstance(tree.value, dict):
        tree.value.setdefault("name", Located(default_name, name, default_name))
    config = bind(Config, tree, "", problems)
    if config is not None:
        for path, message in broken_rules(config):
            problems.append(Problem(tree.nearest(path).where, path, message))
    if config is None or problems:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return config


def find(file: str | Path) -> Path:
    """Return the path of a config: `file` itself, or the shipped one of that name.

    Raises ConfigError if there is none, FileError if the system does not say.
    """
    path, known = Path(file), shipped()
    try:
        if path.is_file():
            return path
        if str(file) in known:
            return known[str(file)]
        message = "is not a file; expected a YAML file" if path.exists() else "no such config"
    except OSError as error:
        raise FileError(one_line(f"{path}: cannot read the config: {error.strerror}")) from None
    close = nearest(str(file), known)
    raise ConfigError(one_line(f"{file}: {message}; shipped ones can be named: {', '.join(known)}{close}"))


def shipped() -> dict[str, Path]:
    """Return the experiments that come with the program, by name."""
    here = Path(__file__).parent
    folder = next((f for f in (here / "configs", here.parent / "configs") if f.is_dir()), here)
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def dump(config: Config) -> str:
    """Return `config` as YAML that `parse` reads back to an equal one."""
    return str(yaml.dump(_plain(config), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


class _Dumper(yaml.SafeDumper):
    """Writes lists in brackets: `train: [0, 200000]`."""


_Dumper.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)


def _plain(value: Any) -> Any:
    """Return dataclasses as dicts (`name` first) and tuples as lists."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        names.sort(key=lambda name: name != "name")
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _override(tree: Located, override: str, problems: list[Problem]) -> None:
    """Write one `key.sub=value` into the tree, making sections on the way."""
    where = f"--set {shortened(override)}"
    path, equals, text = override.partition("=")
    path = path.strip()
    keys = path.split(".")
    if not equals or not all(keys) or len(keys) > MAX_DEPTH:
        problems.append(Problem(where, "", "expected key.sub=value, such as model.units=64"))
        return
    value = read_value(text, where, path, problems)
    if value is None:
        return
    node = tree
    for key in keys[:-1]:
        if not isinstance(node.value, dict):
            break
        child = node.value.setdefault(key, Located({}, where))
        if child.value is None:
            child.value = {}
        node = child
    if not isinstance(node.value, dict):
        problems.append(Problem(where, path, "expected a section above it, got a value"))
        return
    if len(keys) == 1 and keys[0] == "model" and isinstance(value.value, str):
        value = Located({"name": value}, where)
    node.value[keys[-1]] = value
