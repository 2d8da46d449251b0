"""A YAML file and overrides to a config, or every error in them at once; and back to YAML.

config = load("configs/gru.yaml", schemas, ["model.units=64"])
dump(config)                              # YAML that loads to the same config
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from jena_rnn.base.errors import ConfigError, FileError
from jena_rnn.base.messages import nearest, one_line, reason, shortened
from jena_rnn.base.paths import absent
from jena_rnn.config.checking import check
from jena_rnn.config.experiment import Experiment, Place
from jena_rnn.config.nodes import MAX_BYTES, MAX_DEPTH, Problem, RefusedError, Tree, read, read_value

Schemas = Mapping[str, type[Experiment]]
"""The class of a config, by its `task`; the first one is the default."""
LEADING = ("task", "name", "seed", "data", "split", "windows", "words")
"""Keys that come first in a written config."""
SERIES = (".csv", ".tsv", ".dat")
"""How the name of a file of measurements may end."""
PLACES = ("path", "index")
"""Keys of `data` that name files, whose contents are identified by their SHA-256."""


class Override(NamedTuple):
    """A `key.sub=value` that takes precedence over the file, and the option that it came from."""

    text: str
    option: str


def load(file: str | Path, schemas: Schemas, overrides: Sequence[str | Override] = ()) -> Experiment:
    """Return the config in `file` (a path, or the name of a shipped one) with `key.sub=value` overrides.

    Raises ConfigError listing every error with file, line and key; FileError if the file cannot be read.
    """
    path = find(file)
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b" " * (MAX_BYTES + 1)
    except OSError as error:
        raise FileError(one_line(f"{path}: cannot read the config: {reason(error)}")) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(one_line(f"{path}:{line}: not UTF-8 text")) from None
    return parse(text, schemas, str(path), overrides, default_name=_as_name(path.stem))


def _as_name(stem: str) -> str:
    """Return a file's stem as the name of a config."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", stem).lstrip("._-")[:64] or "experiment"


def parse(
    text: str,
    schemas: Schemas,
    name: str = "config",
    overrides: Sequence[str | Override] = (),
    default_name: str | None = None,
) -> Experiment:
    """Return the config in `text`; `name` stands for the file in messages. Raises ConfigError."""
    try:
        tree = read(text, name)
    except RefusedError as error:
        where = name if error.line is None else f"{name}:{error.line}"
        raise ConfigError(str(Problem(where, "", str(error)))) from None
    if isinstance(tree.values, dict):
        for override in overrides:
            _override(tree, override)
        if default_name is not None:
            tree.values.setdefault("name", default_name)
    config, problems = check(tree, _schema(tree, schemas))
    if config is None:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return config


def _schema(tree: Tree, schemas: Schemas) -> type[Experiment]:
    """Return the class that the `task` key asks for; raises ConfigError for an unknown one, which decides all keys."""
    default = next(iter(schemas))
    asked = tree.at(("task",))
    if asked is None:
        return schemas[default]
    if not isinstance(asked, str) or asked not in schemas:
        close = nearest(tree.texts.get(("task",), ""), schemas)
        message = f"expected {' or '.join(schemas)}, got {tree.written(('task',))}{close}"
        problems = [*tree.problems, Problem(tree.where(("task",)), "task", message)]
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return schemas[asked]


def _override(tree: Tree, override: str | Override) -> None:
    """Write one `key.sub=value` into the tree, or add a problem to it."""
    if isinstance(override, str):
        override = Override(override, f"--set {shortened(override)}")
    key, equals, text = override.text.partition("=")
    key = key.strip()
    keys = key.split(".")
    if not equals or not all(keys) or len(keys) > MAX_DEPTH:
        tree.problems.append(Problem(override.option, "", "expected key.sub=value, such as model.units=64"))
        return
    try:
        value = read_value(text, override.option, key)
    except RefusedError as error:
        tree.problems.append(Problem(override.option, key, str(error)))
        return
    if keys == ["model"] and isinstance(value.values, str):
        keys = ["model", "name"]
        tree.values["model"] = {}
    if not tree.put(tuple(keys), value):
        tree.problems.append(Problem(override.option, key, "expected a section above it, got a value"))


def find(file: str | Path) -> Path:
    """Return the path of a config: `file` itself, or the shipped one of that name.

    Raises ConfigError if there is none, FileError if the system refuses to look.
    """
    path, known = Path(file), shipped()
    try:
        if path.is_file():
            if path.suffix.lower() in {*SERIES, ".npz"}:
                raise ConfigError(one_line(f"{path}: expected a YAML config; data is named with --data {path}"))
            return path
        if str(file) in known:
            return known[str(file)]
        folder = "is not a file; expected a YAML file (of a run, its config.yaml)"
        message = folder if path.exists() else absent(path, "no such config")
    except OSError as error:
        raise FileError(one_line(f"{path}: cannot read the config: {reason(error)}")) from None
    short = path.as_posix().removesuffix(path.suffix).rpartition("configs/")[2]
    close = nearest(short, known) or nearest(path.stem, known)
    asked = str(file) or "''"
    raise ConfigError(one_line(f"{asked}: {message}; shipped configs: {', '.join(known)}{close}"))


def shipped() -> dict[str, Path]:
    """Return the configs that come with the program, by name."""
    here = Path(__file__).parent.parent
    folder = next((f for f in (here / "configs", here.parent / "configs") if f.is_dir()), here)
    found = [*sorted(folder.glob("*.yaml")), *sorted(folder.glob("*/*.yaml"))]
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in found}


def dump(config: Experiment) -> str:
    """Return `config` as YAML that `parse` reads back to an equal one; raises ConfigError if it is too large to."""
    tree = plain(config)
    ordered = {key: tree.pop(key) for key in LEADING if key in tree} | tree
    text = str(yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))
    size = len(text.encode(errors="replace"))
    if size > MAX_BYTES:
        written = f"with every key and column written out, this config takes {-(-size // 1024)} KiB"
        raise ConfigError(
            f"{config.name}: {written}, over the limit of {MAX_BYTES // 1024}; name fewer columns in data.columns"
        )
    return text


def places_of(data: Place) -> list[Path]:
    """Return the files and folders that a config reads data from."""
    named = [getattr(data, name, None) for name in PLACES]
    return [] if data.sample else [Path(place) for place in named if place not in {None, "auto"}]


def moved(config: Experiment, data: Place) -> Experiment:
    """Return `config` with the paths of its data taken from `data`."""
    places = {name: getattr(data, name) for name in PLACES if hasattr(data, name)}
    return config.but(data=config.data.but(**places))


def digest_of(config: Experiment) -> str:
    """Return the SHA-256 of everything in a config that decides the result of an epoch.

    That leaves out its name, the paths of its files, and the number of epochs.
    """
    places = {name: "-" for name in PLACES if hasattr(config.data, name)}
    decisive = config.but(name="-", data=config.data.but(**places), training=config.training.but(epochs=1))
    return hashlib.sha256(json.dumps(plain(decisive), sort_keys=True).encode()).hexdigest()


def plain(config: Experiment) -> dict[str, Any]:
    """Return a config as dicts and lists, `name` first in each section."""
    found: dict[str, Any] = _lists(config.model_dump())
    return found


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(value[key]) for key in sorted(value, key=lambda key: key != "name")}
    return [_lists(item) for item in value] if isinstance(value, tuple) else value


class _Dumper(yaml.SafeDumper):
    """Writes lists in brackets: `train: [0, 200000]`."""


_Dumper.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)
