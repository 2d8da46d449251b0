"""A located YAML tree to frozen dataclasses, collecting every error on the way.

Second step of loading a config. The dataclass is the schema: its types say what a value must be, and each
field's `setting` metadata adds bounds. Nothing is converted silently but a whole number to a float.

    errors: list[Problem] = []
    bind(Gru, tree, "model", errors)         # Gru(units=32, ...), with `errors` filled
"""

import dataclasses
import json
import math
import re
import types
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from jena_rnn.base.messages import nearest, shortened
from jena_rnn.config.located import Located, Problem, scalar

T = TypeVar("T")
_WRONG = object()
LARGEST = 10**15
"""Whole numbers stay below it, so that no sum or product of a few leaves 64 bits unnoticed."""


def setting(
    default: Any,
    *,
    at_least: float | None = None,
    above: float | None = None,
    below: float | None = None,
    matches: tuple[str, str] | None = None,
    filled: bool | None = None,
) -> Any:
    """Declare a field with its default and bounds.

    `matches` is (regular expression, what it means); texts that must be `filled` are not empty.
    """
    bounds = {"at_least": at_least, "above": above, "below": below, "matches": matches, "filled": filled}
    return dataclasses.field(default=default, metadata={k: v for k, v in bounds.items() if v is not None})


def choice(default: Any, options: dict[str, type]) -> Any:
    """Declare a section whose dataclass is picked by its `name` key."""
    return dataclasses.field(default_factory=default, metadata={"options": options})


def bind(cls: type[T], tree: Located, path: str, errors: list[Problem], default: T | None = None) -> T:
    """Return `cls` filled from `tree`; what is wrong is added to `errors` and left at its default.

    `default` is what the section is if it is left out, and its keys are if they are.
    """
    default = default or cls()
    if not isinstance(tree.value, dict):
        errors.append(Problem(tree.where, path, f"expected keys and values, got {written(tree)}"))
        return default
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for key, child in tree.value.items():
        place = f"{path}.{key}" if path else key
        if key not in fields:
            deeper = [f"{section}.{key}" for section in fields if key in _keys_of(fields[section], hints[section])]
            close = f"; did you mean {deeper[0]!r}?" if deeper else nearest(key, fields)
            errors.append(Problem(child.where, place, f"unknown key{close}"))
            continue
        settled = get_origin(hints[key]) is Literal and len(get_args(hints[key])) == 1  # by the first value already
        each_time = (child,) if settled else (child, *child.again)
        value, *_ = [_field(fields[key], hints[key], each, place, errors) for each in each_time]
        if value is not _WRONG:
            values[key] = value
    filled: T = dataclasses.replace(default, **values)  # type: ignore[type-var]  # T is any dataclass
    return filled


def _keys_of(field: "dataclasses.Field[Any]", hint: Any) -> set[str]:
    """Return the keys that a section may have, whichever of its options is chosen; none for a plain value."""
    kinds = field.metadata.get("options", {"": _dataclass_in(hint)}).values()
    return {inner.name for kind in kinds if kind is not None for inner in dataclasses.fields(kind)}


def _field(field: "dataclasses.Field[Any]", hint: Any, child: Located, path: str, errors: list[Problem]) -> Any:
    if "options" in field.metadata:
        return _chosen(field, child, path, errors)
    nested = _dataclass_in(hint)
    if nested is not None:
        left_out = child.value is None and type(None) in get_args(hint)
        whole = None if field.default_factory is dataclasses.MISSING else field.default_factory()
        return None if left_out else bind(nested, child, path, errors, whole)
    try:
        value = _value(hint, child)
    except ValueError as error:
        close = _close(hint, child) if get_origin(hint) is Literal else ""
        errors.append(Problem(child.where, path, f"expected {error}, got {written(child)}{close}"))
        return _WRONG
    problem = _out_of_bounds(value, field.metadata)
    if problem is not None:
        errors.append(Problem(child.where, path, f"expected {problem}, got {written(child)}"))
        return _WRONG
    return value


def _close(hint: Any, child: Located) -> str:
    """Return which of the words that a key may have was meant, if one is close."""
    words = [_yaml_word(word) for word in get_args(hint)]
    return "; write it without its quotes" if child.text in words else nearest(child.text, words)


def _chosen(field: "dataclasses.Field[Any]", child: Located, path: str, errors: list[Problem]) -> Any:
    """Bind the dataclass that the section's `name` key asks for, the default one if it is left out."""
    options = field.metadata["options"]
    known = " or ".join(options)
    if not isinstance(child.value, dict):
        message = f"expected keys and values, name ({known}) among them, got {written(child)}"
        errors.append(Problem(child.where, path, message))
        return _WRONG
    name = child.value.get("name")
    if name is None:
        return bind(field.default_factory, child, path, errors)  # type: ignore[arg-type]  # the class is its factory
    if not isinstance(name.value, str) or name.value not in options:
        message = f"expected {known}, got {written(name)}{nearest(name.text, options)}"
        errors.append(Problem(name.where, f"{path}.name", message))
        return _WRONG
    return bind(options[name.value], child, path, errors)


def _value(hint: Any, child: Located) -> Any:
    """Return the value as the type `hint`; raises ValueError saying what was expected."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is types.UnionType:
        return _union(arguments, child)
    if origin is tuple:
        return _tuple(arguments, child)
    if origin is Literal:
        if not any(child.value == a and type(child.value) is type(a) for a in arguments):
            raise ValueError(" or ".join(_yaml_word(a) for a in arguments))
        return child.value
    return _single(hint, child)


def _single(kind: type, child: Located) -> Any:
    """Return one number, text, truth or null; a number is taken as text where text is due."""
    value: Any = child.value
    if type(value) in {int, float} and kind in {float, str}:
        value = float(value) if kind is float else child.text
    if type(value) is not kind:
        raise ValueError(NAMES[kind])
    if kind is str and re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]", str(value)):
        raise ValueError(f"{NAMES[str]}{CONTROL}")
    return value


NAMES: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    type(None): "null",
}


def _union(arguments: tuple[Any, ...], child: Located) -> Any:
    expected = []
    for argument in arguments:
        try:
            return _value(argument, child)
        except ValueError as error:
            expected.append(str(error))
    raise ValueError(" or ".join(expected))


SEVERAL: dict[Any, str] = {int: "whole numbers", str: "texts"}
CONTROL = " without control characters"


def _tuple(arguments: tuple[Any, ...], child: Located) -> tuple[Any, ...]:
    """Return a list's values; raises ValueError saying what kind of list was expected, also for a value in it."""
    first, repeated = arguments[0], arguments[-1] is Ellipsis
    items = child.value if isinstance(child.value, list) else None
    kinds = [first] * len(items) if repeated and items is not None else list(arguments)
    expected = f"a list of {'' if repeated else f'{len(arguments)} '}{SEVERAL[first]} in brackets"
    if items is None or len(kinds) != len(items):
        raise ValueError(expected)
    try:
        return tuple(_value(kind, item) for kind, item in zip(kinds, items, strict=True))
    except ValueError as error:
        raise ValueError(expected + str(error).removeprefix(NAMES[str]) * (CONTROL in str(error))) from None


def _out_of_bounds(value: Any, bounds: Any) -> str | None:
    """Return what was expected if a number or text (or any number in a list) breaks its bounds."""
    if "matches" in bounds and isinstance(value, str) and not re.fullmatch(bounds["matches"][0], value):
        return str(bounds["matches"][1])
    each = value if isinstance(value, tuple) else (value,)
    if "filled" in bounds and "" in each:
        return "text that is not empty"
    numbers = [v for v in each if type(v) in {int, float}]
    return next((broken for number in numbers if (broken := _outside(number, bounds)) is not None), None)


def _outside(number: float, bounds: Any) -> str | None:
    """Return what was expected if a number breaks its bounds."""
    rules = (
        (math.isfinite(number), "a finite number"),
        (isinstance(number, float) or abs(number) < LARGEST, "a whole number of at most 15 digits"),
        (number >= bounds.get("at_least", -math.inf), f"at least {bounds.get('at_least')}"),
        (number > bounds.get("above", -math.inf), f"more than {bounds.get('above')}"),
        (number < bounds.get("below", math.inf), f"less than {bounds.get('below')}"),
    )
    return next((expected for holds, expected in rules if not holds), None)


def _dataclass_in(hint: Any) -> Any:
    """Return the dataclass that a hint names, alone or in `X | None`."""
    kinds = get_args(hint) if get_origin(hint) is types.UnionType else (hint,)
    return next((kind for kind in kinds if dataclasses.is_dataclass(kind)), None)


def _yaml_word(value: Any) -> str:
    if isinstance(value, str) and not value.isprintable():
        return json.dumps(value)  # "\t", which without its quotes is two characters
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(child: Located) -> str:
    """Write a value back in one line, for a message."""
    return shortened(_flow(child))


def _flow(child: Located) -> str:
    if isinstance(child.value, list):
        return "[" + ", ".join(_flow(item) for item in child.value) + "]"
    if isinstance(child.value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in child.value.items()) + "}"
    if child.value == child.text and not isinstance(scalar(child.text), str):
        return repr(child.value)  # was quoted, and without the quotes is no text
    return child.text or "null"
