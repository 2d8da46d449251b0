"""An experiment's YAML file and its overrides to a `Config`, or every error in them at once.

First in the flow: text -> located tree -> dataclasses -> rules that tie keys together.

    config = load("configs/gru.yaml", ["model.units=64"])
    dump(config)                              # YAML that loads to the same config
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from jena_rnn.base.errors import ConfigError, FileError
from jena_rnn.base.messages import nearest, one_line, shortened
from jena_rnn.base.paths import absent
from jena_rnn.config.binding import bind, written
from jena_rnn.config.experiment import Config, Experiment, Place
from jena_rnn.config.located import Located, Problem, read, read_value
from jena_rnn.config.safe_yaml import MAX_BYTES, MAX_DEPTH
from jena_rnn.config.unread import hangs_on, unread


class Schema(NamedTuple):
    """One kind of config: its dataclass, and the rules that tie its keys together."""

    form: type[Experiment]
    rules: Callable[[Any], list[Any]]


@cache
def _schemas() -> dict[str, Schema]:
    from jena_rnn.config.rules import broken_review_rules, broken_rules
    from jena_rnn.reviews.config import ReviewConfig

    return {"forecast": Schema(Config, broken_rules), "reviews": Schema(ReviewConfig, broken_review_rules)}


LEADING = ("task", "name", "seed", "data", "split", "windows", "words")
"""Keys that come first where a config is written."""
SERIES = (".csv", ".tsv", ".dat")
"""How the name of a file of measurements may end."""
PLACES = ("path", "index")
"""Files that `data` names; what is in them is known by its SHA-256."""


class Override(NamedTuple):
    """A `key.sub=value` that goes before the file, and the option that it came from, for messages."""

    text: str
    option: str


def load(file: str | Path, overrides: Sequence[str | Override] = ()) -> Experiment:
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
    return parse(text, str(path), overrides, default_name=_as_name(path.stem))


def _as_name(stem: str) -> str:
    """Return a file's stem as a config may be named."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", stem).lstrip("._-")[:64] or "experiment"


def parse(
    text: str, name: str = "config", overrides: Sequence[str | Override] = (), default_name: str | None = None
) -> Experiment:
    """Return the config in `text`; `name` stands for the file in messages. Raises ConfigError."""
    problems: list[Problem] = []
    tree = read(text, name, problems)
    if isinstance(tree.value, dict):  # else there is nothing to write overrides into, which is told below
        for override in overrides:
            _override(tree, override, problems)
        if default_name is not None:
            tree.value.setdefault("name", Located(default_name, name, default_name))
    schema = _schema(tree, problems)
    config = bind(schema.form, tree, "", problems)
    known = _paths(plain(config))
    without = {key for problem in problems for key in unread(problem.path, tree, known)}
    for rule in schema.rules(config):
        if not hangs_on((rule.path, *rule.others), without):  # of these there is nothing more to say
            problems.append(Problem(tree.nearest(rule.path).where, rule.path, rule.message))
    if problems:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return config


def _paths(tree: Any, above: str = "") -> list[str]:
    """Return the dotted paths of all sections and keys of a config as plain values."""
    if not isinstance(tree, dict):
        return []
    here = {f"{above}{key}": value for key, value in tree.items()}
    return [*here, *(path for key, value in here.items() for path in _paths(value, f"{key}."))]


def _schema(tree: Located, problems: list[Problem]) -> Schema:
    """Return the schema that the `task` key asks for; raises ConfigError for another, as it decides all other keys."""
    asked = tree.value.get("task") if isinstance(tree.value, dict) else None
    if asked is None:
        return _schemas()["forecast"]
    if not isinstance(asked.value, str) or asked.value not in _schemas():
        expected = f"expected {' or '.join(_schemas())}, got {written(asked)}"
        problems.append(Problem(asked.where, "task", expected + nearest(asked.text, _schemas())))
        problems += _in_any_task(tree)
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return _schemas()[asked.value]


def _in_any_task(tree: Located) -> list[Problem]:
    """Return what is wrong with a config whatever its task is, but for the task and the rules between keys."""
    found: list[list[Problem]] = [[] for _ in _schemas()]
    for schema, problems in zip(_schemas().values(), found, strict=True):
        bind(schema.form, tree, "", problems)
    first, *others = found
    return [problem for problem in first if problem.path != "task" and all(problem in other for other in others)]


def find(file: str | Path) -> Path:
    """Return the path of a config: `file` itself, or the shipped one of that name.

    Raises ConfigError if there is none, FileError if the system does not say.
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
        raise FileError(one_line(f"{path}: cannot read the config: {error.strerror}")) from None
    short = path.as_posix().removesuffix(path.suffix).rpartition("configs/")[2]
    close = nearest(short, known) or nearest(path.stem, known)
    asked = str(file) or "''"
    raise ConfigError(one_line(f"{asked}: {message}; shipped ones can be named: {', '.join(known)}{close}"))


def shipped() -> dict[str, Path]:
    """Return the experiments that come with the program, by name."""
    here = Path(__file__).parent.parent
    folder = next((f for f in (here / "configs", here.parent / "configs") if f.is_dir()), here)
    found = [*sorted(folder.glob("*.yaml")), *sorted(folder.glob("*/*.yaml"))]
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in found}


def dump(config: Experiment) -> str:
    """Return `config` as YAML that `parse` reads back to an equal one; raises ConfigError if that is too much text."""
    tree = plain(config)
    ordered = {key: tree.pop(key) for key in LEADING if key in tree} | tree
    text = str(yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))
    size = len(text.encode(errors="replace"))
    if size > MAX_BYTES:
        written = f"with every key and column written out, this config takes {-(-size // 1024)} KiB"
        raise ConfigError(
            f"{config.name}: {written}, of {MAX_BYTES // 1024} that are read again; name fewer columns in data.columns"
        )
    return text


def require_readable(config: Experiment) -> None:
    """Raise ConfigError if what `dump` would write of `config` is more than is read again."""
    dump(config)


def places_of(data: Place) -> list[Path]:
    """Return the files and folders that a config names to read data from."""
    named = [getattr(data, name, None) for name in PLACES]
    return [] if data.sample else [Path(place) for place in named if place not in {None, "auto"}]


def moved(config: Experiment, data: Place) -> Experiment:
    """Return `config` with its data where `data` says that they are."""
    places = {name: getattr(data, name) for name in PLACES if hasattr(data, name)}
    return dataclasses.replace(config, data=dataclasses.replace(config.data, **places))


def digest_of(config: Experiment) -> str:
    """Return a digest of all that decides what a training does from epoch to epoch.

    Its name, the places of its files, and how many epochs there are to be, do not.
    """
    return hashlib.sha256(json.dumps(_decisive(config), sort_keys=True).encode()).hexdigest()


def may_become(asked: Experiment, trained: Experiment) -> bool:
    """Return whether a config, once what it leaves to be decided is decided, may be one that was trained."""

    def fits(ours: Any, theirs: Any) -> bool:
        if isinstance(ours, dict) and isinstance(theirs, dict):
            return all(fits(value, theirs.get(key)) for key, value in ours.items())
        return ours in (None, "auto") or ours == theirs

    ours, theirs = _decisive(asked), _decisive(trained)
    if ours.get("split", {}).get("scale"):
        ours["split"] = None
    return fits(ours, theirs)


def _decisive(config: Experiment) -> dict[str, Any]:
    places: dict[str, Any] = {field.name: "-" for field in dataclasses.fields(config.data) if field.name in PLACES}
    data, training = dataclasses.replace(config.data, **places), dataclasses.replace(config.training, epochs=1)
    found: dict[str, Any] = plain(dataclasses.replace(config, name="-", data=data, training=training))
    return found


class _Dumper(yaml.SafeDumper):
    """Writes lists in brackets: `train: [0, 200000]`."""


_Dumper.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)


def plain(value: Any) -> Any:
    """Return dataclasses as dicts (`name` first) and tuples as lists."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        names.sort(key=lambda name: name != "name")
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _override(tree: Located, override: str | Override, problems: list[Problem]) -> None:
    """Write one `key.sub=value` into the tree, making sections on the way."""
    if isinstance(override, str):
        override = Override(override, f"--set {shortened(override)}")
    where = override.option
    path, equals, text = override.text.partition("=")
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
