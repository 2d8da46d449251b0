"""YAML text to plain values, each with its line and its text, refusing what is not safe.

First step of loading a config. Scalars follow YAML 1.2 (`1e-3` is a number, `010` is ten). Tags, anchors, aliases and
deep nesting are refused by the events of PyYAML's pure Python parser, before anything recursive sees the text.

    tree = read("model: {units: 32}", "gru.yaml")
    tree.values["model"]["units"], tree.where(("model", "units"))       # (32, 'gru.yaml:1')
"""

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import Any

import yaml

from jena_rnn.base.messages import one_line, shortened

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20
WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
BLOCKS = ("|", ">")

KeyPath = tuple[str | int, ...]


class RefusedError(Exception):
    """The text is not YAML, or not safe."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Problem:
    """One error in a config, and its place."""

    where: str
    path: str
    message: str

    def __str__(self) -> str:
        return one_line(": ".join(part for part in (self.where, shortened(self.path), self.message) if part))


@dataclass
class Tree:
    """The values of a config as dicts, tuples and scalars, with places and texts by path."""

    values: Any
    name: str
    places: dict[KeyPath, str] = field(default_factory=dict)
    texts: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def where(self, path: KeyPath) -> str:
        """Return `file:line`, or the option, of the value at `path` or of its nearest parent."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.name)

    def at(self, path: KeyPath) -> Any:
        """Return the value at `path`, or None if there is none."""
        value = self.values
        for key in path:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def written(self, path: KeyPath) -> str:
        """Return the value at `path` as it was written, in one line for a message."""
        return shortened(self._flow(path))

    def _flow(self, path: KeyPath) -> str:
        value = self.at(path)
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {self._flow((*path, key))}" for key in value) + "}"
        if isinstance(value, tuple):
            return "[" + ", ".join(self._flow((*path, number)) for number in range(len(value))) + "]"
        text = self.texts.get(path, "")
        if value == text and not isinstance(scalar(text), str):
            return repr(value)  # was quoted; without the quotes it is no text
        return text or "null"

    def put(self, path: KeyPath, value: "Tree") -> bool:
        """Put another tree at `path`, making sections on the way; return False if a value is in the way."""
        section = self.values
        for depth, key in enumerate(path[:-1]):
            self.places.setdefault(path[: depth + 1], value.name)
            if section.get(key) is None:
                section[key] = {}
            section = section[key]
            if not isinstance(section, dict):
                return False
        self.places = {old: place for old, place in self.places.items() if old[: len(path)] != path}
        section[path[-1]] = value.values
        self.places |= {(*path, *below): place for below, place in value.places.items()}
        self.texts |= {(*path, *below): text for below, text in value.texts.items()}
        self.problems += value.problems
        return True


def dotted(path: KeyPath) -> str:
    """Return a path as people write it, `model.units`."""
    return ".".join(str(key) for key in path)


def read(text: str, name: str) -> Tree:
    """Return the tree of one YAML document; raises RefusedError if it is unsafe, empty or not YAML."""
    root = _compose(text)
    if root is None:
        raise RefusedError("the file is empty; expected keys such as 'model:'")
    tree = Tree(None, name)
    tree.values = _values(root, (), tree, lambda node: f"{name}:{node.start_mark.line + 1}")
    return tree


def read_value(text: str, option: str, key: str) -> Tree:
    """Return the tree of a value in an option such as `--set key=text`; raises RefusedError unless it is one value."""
    whole = f"value: {text}"
    quoted = f"{key}={json.dumps(text, ensure_ascii=False)}"
    hint = f"; as text: {shlex.quote(quoted)}" if text.isprintable() and text[:1] not in "'\"[{" else ""
    try:
        root = _compose(whole)
    except RefusedError as error:
        raise RefusedError(f"{error}{hint}") from None
    if not isinstance(root, yaml.MappingNode) or len(root.value) != 1:
        raise RefusedError("expected one value after '='")
    value = root.value[0][1]
    rest = whole[value.end_mark.index :].strip()
    if rest or (isinstance(value, yaml.ScalarNode) and value.style in BLOCKS):
        what = f"a comment in YAML: {rest}" if rest else f"the beginning of a block in YAML: {text}"
        raise RefusedError(f"expected a value, got {what}{hint}")
    tree = Tree(None, option, {(): option})
    tree.values = _values(value, (), tree, lambda node: option)
    return tree


def _values(node: yaml.Node, path: KeyPath, tree: Tree, place: Any) -> Any:
    """Return the plain value of a node; add its places, texts and repeated keys to the tree."""
    tree.places.setdefault(path, place(node))
    if isinstance(node, yaml.ScalarNode):
        tree.texts[path] = node.value
        return scalar(node.value) if node.style is None else node.value
    if isinstance(node, yaml.SequenceNode):
        return tuple(_values(child, (*path, number), tree, place) for number, child in enumerate(node.value))
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        here, at = (*path, key), place(key_node)
        if not key:
            tree.problems.append(Problem(at, dotted(path), "a key must be a plain word"))
        elif key in found:
            first = tree.places[here]
            tree.problems.append(Problem(at, dotted(here), f"repeated; first given at {first}"))
        else:
            tree.places[here] = at
            found[key] = _values(value_node, here, tree, place)
    return found


def scalar(text: str) -> Any:
    """Return the value of a plain scalar by the core schema of YAML 1.2, section 10.3.2."""
    if text in WORDS:
        return WORDS[text]
    if re.fullmatch(r"[-+]?[0-9]{1,300}", text):  # longer ones may not fit a float
        return int(text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        return float(text.replace(".", ""))
    return text


def _compose(text: str) -> yaml.Node | None:
    """Return the root node, None for an empty text; raises RefusedError, and nothing else."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise RefusedError(f"a config of more than {MAX_BYTES // 1024} KiB is refused")
    try:
        _refuse_unsafe(text)
        return yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        context = f" ({error.context})" if error.context else ""
        line = error.problem_mark.line + 1 if error.problem_mark is not None else None
        raise RefusedError(f"not YAML: {error.problem}{context}", line) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # odd characters, escapes out of range
        raise RefusedError(f"not YAML: {str(error).splitlines()[0]}") from None


def _refuse_unsafe(text: str) -> None:
    """Raise RefusedError for what could run code or expand without end."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        line = event.start_mark.line + 1  # type: ignore[union-attr] # the parser always sets it
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise RefusedError("anchors and aliases (& and *) are refused; write the value out", line)
        if tag := getattr(event, "tag", None):
            raise RefusedError(f"the tag {tag!r} is refused; plain values only", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RefusedError(f"nested more than {MAX_DEPTH} deep", line)
