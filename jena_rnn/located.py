"""YAML text to a tree whose every value knows the line that it was written on.

First step of loading a config. Safe by refusal: no tags, anchors, aliases, deep nesting or huge files,
and every repeated key is an error. Scalars follow YAML 1.2 (`1e-3` is a number, `010` is ten).

    tree = read("model: {units: 32}", "gru.yaml", problems := [])
    tree.get("model.units").where        # 'gru.yaml:1'
"""

import re
from dataclasses import dataclass
from typing import Union

import yaml

from jena_rnn.errors import ConfigError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20

Scalar = str | int | float | bool | None
Value = Union[Scalar, dict[str, "Located"], list["Located"]]


@dataclass
class Located:
    """One YAML value, where it stands, and how it was written."""

    value: Value
    where: str
    """`file:line`, or the option that set it."""
    text: str = ""
    """A scalar as written, for messages."""

    def nearest(self, path: str) -> "Located":
        """Return the value at a dotted `path`, or its closest ancestor that exists."""
        node = self
        for key in path.split("."):
            if not isinstance(node.value, dict) or key not in node.value:
                break
            node = node.value[key]
        return node


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a config, and where."""

    where: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.path}: {self.message}" if self.path else f"{self.where}: {self.message}"


def read(text: str, name: str, problems: list[Problem]) -> Located:
    """Parse one YAML document, adding repeated keys to `problems`; raises ConfigError if it is not safe YAML."""
    if len(text.encode()) > MAX_BYTES:
        raise ConfigError(f"{name}: a config of more than {MAX_BYTES // 1024} KiB is refused")
    try:
        _refuse_unsafe(text, name)
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError(_syntax_message(error, name)) from None
    if root is None:
        raise ConfigError(f"{name}: the file is empty; expected keys such as 'model:'")
    return _convert(root, name, "", problems)


def read_value(text: str, where: str, problems: list[Problem]) -> Located:
    """Parse the right-hand side of an override; every place in it is `where`. Raises ConfigError."""
    tree = read(f"value: {text}", where, problems)
    if not isinstance(tree.value, dict) or set(tree.value) != {"value"}:
        raise ConfigError(f"{where}: cannot read {text!r} as one value")
    _relocate(tree, where)
    return tree.value["value"]


def _relocate(tree: Located, where: str) -> None:
    tree.where = where
    for child in tree.value.values() if isinstance(tree.value, dict) else ():
        _relocate(child, where)
    for child in tree.value if isinstance(tree.value, list) else ():
        _relocate(child, where)


def _refuse_unsafe(text: str, name: str) -> None:
    """Refuse what could run code or unfold without end, before anything recursive looks at it."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        line = f"{name}:{event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ConfigError(f"{line}: anchors and aliases (& and *) are refused; write the value out")
        if getattr(event, "tag", None):
            raise ConfigError(f"{line}: the tag {event.tag!r} is refused; plain values only")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ConfigError(f"{line}: nested more than {MAX_DEPTH} deep")


def _syntax_message(error: yaml.YAMLError, name: str) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"{name}:{mark.line + 1}" if mark is not None else name
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    context = getattr(error, "context", None)
    return f"{where}: not YAML: {problem}" + (f" ({context})" if context else "")


def _convert(node: yaml.Node, name: str, path: str, problems: list[Problem]) -> Located:
    where = f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.ScalarNode):
        plain = node.style is None
        return Located(_scalar(node.value) if plain else node.value, where, node.value)
    if isinstance(node, yaml.SequenceNode):
        return Located([_convert(child, name, path, problems) for child in node.value], where)
    found: dict[str, Located] = {}
    for key_node, value_node in node.value:
        key_where = f"{name}:{key_node.start_mark.line + 1}"
        key = str(key_node.value)
        place = f"{path}.{key}" if path else key
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(key_where, path, "a key must be a plain word"))
        elif key in found:
            problems.append(Problem(key_where, place, f"repeated; first given at {found[key].where}"))
        else:
            found[key] = _convert(value_node, name, place, problems)
    return Located(found, where)


def _scalar(text: str) -> Scalar:
    """Resolve a plain scalar by the core schema of YAML 1.2, section 10.3.2."""
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE"}:
        return True
    if text in {"false", "False", "FALSE"}:
        return False
    if re.fullmatch(r"[-+]?[0-9]{1,400}", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        return float(text.replace(".", ""))
    return text
