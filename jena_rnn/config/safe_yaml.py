"""YAML text to PyYAML's nodes, if it is safe to take: no tags, anchors, aliases, deep nesting or huge texts.

Refused before anything recursive looks at it, by the events of PyYAML's parser in pure Python (the one in C crashes on
deep nesting), and never made into objects.

    compose("units: 32")                     # MappingNode(...)
    compose("units: &a 32")                  # RefusedError, line 1
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20

LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""Line ends to YAML 1.1, as PyYAML reads it, and to hardly an editor."""


class RefusedError(Exception):
    """The text is no YAML, or none that is safe to take."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def line_of(mark: Any) -> int | None:
    """Return the line of one of PyYAML's marks, counted from one."""
    return int(mark.line) + 1 if mark is not None else None


def compose(text: str) -> yaml.Node | None:
    """Return the root node, or None for a text without one; raises RefusedError, and nothing else."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise RefusedError(f"a config of more than {MAX_BYTES // 1024} KiB is refused")
    if odd := LINE_ENDS.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise RefusedError(f"not YAML: the character {odd[0]!r} is refused, which ends a line there alone", line)
    try:
        _refuse_unsafe(text)
        return yaml.compose(text, yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RefusedError(f"not YAML: the character {chr(error.character)!r} is refused", line) from None
    except yaml.MarkedYAMLError as error:
        context = f" ({error.context})" if error.context else ""
        raise RefusedError(f"not YAML: {error.problem}{context}", line_of(error.problem_mark)) from None


def _refuse_unsafe(text: str) -> None:
    """Refuse what could run code or unfold without end, before anything recursive looks at it."""
    depth = 0
    for event in _events(text):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "anchors and aliases (& and *) are refused; write the value out"
            raise RefusedError(message, line_of(event.start_mark))
        if tag := getattr(event, "tag", None):
            raise RefusedError(f"the tag {tag!r} is refused; plain values only", line_of(event.start_mark))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise RefusedError(f"nested more than {MAX_DEPTH} deep", line_of(event.start_mark))


def _events(text: str) -> Iterator[yaml.Event]:
    """Yield what PyYAML's parser meets, and refuse what it trips over without a word of its own."""
    loader = yaml.SafeLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()  # type: ignore[no-untyped-call] # the stubs say nothing of it
    except (ValueError, OverflowError):  # on "\UFFFFFFFF" and on a %YAML of 5,000 digits
        message = "not YAML: a number in an escape or directive is out of range"
        raise RefusedError(message, loader.line + 1) from None
    finally:
        loader.dispose()
