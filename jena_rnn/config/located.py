"""YAML text to a tree whose every value knows the line that it was written on.

First step of loading a config: what is not safe is refused, and every repeated key is an error. Scalars follow YAML 1.2
(`1e-3` is a number, `010` is ten).

    tree = read("model: {units: 32}", "gru.yaml", problems := [])
    tree.nearest("model.units").where    # 'gru.yaml:1'
"""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from jena_rnn.base.errors import ConfigError
from jena_rnn.base.messages import LONGEST, one_line, shortened
from jena_rnn.config.safe_yaml import RefusedError, compose, line_of

BLOCKS = ("|", ">")
"""How a text of several lines begins."""

Scalar = str | int | float | bool | None
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
Value: TypeAlias = "Scalar | dict[str, Located] | list[Located]"


@dataclass
class Located:
    """One YAML value, where it stands, and how it was written."""

    value: Value
    where: str
    """`file:line`, or the option that set it."""
    text: str = ""
    """A scalar as written, for messages."""
    again: "list[Located]" = field(default_factory=list)
    """Further values of the same key, of which each is an error, and may have more."""

    def nearest(self, path: str) -> "Located":
        """Return the value at a dotted `path`, or its closest ancestor that exists."""
        key, _, below = path.partition(".")
        if not isinstance(self.value, dict) or key not in self.value:
            return self
        return self.value[key].nearest(below)

    def holds(self, path: str) -> bool:
        """Return whether there is a value at a dotted `path`."""
        key, _, below = path.partition(".")
        if not isinstance(self.value, dict) or key not in self.value:
            return False
        return not below or self.value[key].holds(below)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a config, and where."""

    where: str
    path: str
    message: str

    def __str__(self) -> str:
        return one_line(": ".join(part for part in (self.where, shortened(self.path), self.message) if part))


def read(text: str, name: str, problems: list[Problem]) -> Located:
    """Parse one YAML document, adding repeated keys to `problems`; raises ConfigError if it is not safe."""
    try:
        root = compose(text)
    except RefusedError as error:
        where = name if error.line is None else f"{name}:{error.line}"
        raise ConfigError(str(Problem(where, "", error.message))) from None
    if root is None:
        raise ConfigError(str(Problem(name, "", "the file is empty; expected keys such as 'model:'")))

    def place(node: yaml.Node) -> str:
        return f"{name}:{line_of(node.start_mark)}"

    return _convert(root, place(root), place, "", problems)


def read_value(text: str, where: str, path: str, problems: list[Problem]) -> Located | None:
    """Parse the right-hand side of an override of `path`; returns None and adds to `problems` if refused."""
    whole = f"value: {text}"
    try:
        root = compose(whole)
    except RefusedError as error:
        problems.append(Problem(where, path, error.message + _in_quotes(text, path)))
        return None
    if not isinstance(root, yaml.MappingNode) or len(root.value) != 1:
        problems.append(Problem(where, path, "expected one value after '='"))
        return None
    value = root.value[0][1]
    rest = whole[value.end_mark.index :].strip()
    if rest or (isinstance(value, yaml.ScalarNode) and value.style in BLOCKS):
        what = f"a comment in YAML: {rest}" if rest else f"the beginning of a block in YAML: {text}"
        problems.append(Problem(where, path, f"expected a value, got {what}{_in_quotes(text, path)}"))
        return None
    return _convert(value, where, lambda _: where, path, problems)


def _in_quotes(text: str, path: str) -> str:
    """Return how to write `text` if quotes may be all that it lacks to be a value."""
    if not text.isprintable() or len(text) > LONGEST or text.startswith(("'", '"', "[", "{")):
        return ""
    return f"; as text: {shlex.quote(f'{path}={json.dumps(text, ensure_ascii=False)}')}"


def _convert(
    node: yaml.Node, where: str, place: Callable[[yaml.Node], str], path: str, problems: list[Problem]
) -> Located:
    """Return the tree below `node`, which stands `where`: what has a key, at its key. `place` tells that of others."""
    if isinstance(node, yaml.ScalarNode):
        value = scalar(node.value) if node.style is None else node.value
        empty_block = node.style in BLOCKS and not node.value  # which may be a delimiter without its quotes
        return Located(value, where, node.style if empty_block else node.value)
    if isinstance(node, yaml.SequenceNode):
        return Located([_convert(child, place(child), place, path, problems) for child in node.value], where)
    found: dict[str, Located] = {}
    for key_node, value_node in node.value:
        at = place(key_node)
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        here = f"{path}.{key}" if path else key
        if not key:
            problems.append(Problem(at, path, "a key must be a plain word"))
            continue
        value = _convert(value_node, at, place, here, problems)
        if key in found:
            problems.append(Problem(at, here, f"repeated; first given at {found[key].where}"))
            found[key].again.append(value)
        else:
            found[key] = value
    return Located(found, where)


def scalar(text: str) -> Scalar:
    """Resolve a plain scalar by the core schema of YAML 1.2, section 10.3.2."""
    if text in WORDS:
        return WORDS[text]
    if re.fullmatch(r"[-+]?[0-9]{1,300}", text):  # any longer, and it may not fit a float
        return int(text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        return float(text.replace(".", ""))
    return text
