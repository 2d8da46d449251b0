"""A tree of plain values to a config: pydantic checks the values, and every error becomes one line with its place.

Second step of loading. Rules between keys are checked too when other keys are wrong: those keys then count as left out.

    config, problems = check(tree, ForecastConfig)
"""

import copy
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from jena_rnn.base.messages import closest, nearest
from jena_rnn.config.experiment import Experiment
from jena_rnn.config.models import MODELS
from jena_rnn.config.nodes import KeyPath, Problem, Tree, dotted

KINDS = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "string_too_short": "text that is not empty",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "tuple_type": "a list in brackets",
    "union_tag_not_found": f"keys and values, name ({' or '.join(MODELS)}) among them",
}
"""Pydantic's types of errors to what was expected."""
BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than": ("lt", "less than"),
}


def check(tree: Tree, schema: type[Experiment]) -> tuple[Experiment | None, list[Problem]]:
    """Return the config, or None and every problem of the tree."""
    if not isinstance(tree.values, dict):
        return None, [Problem(tree.where(()), "", f"expected keys and values, got {tree.written(())}")]
    _numbers_to_text(tree, schema)
    problems = list(tree.problems)
    dropped = {problem.path for problem in problems}
    values = copy.deepcopy(tree.values)
    while True:
        try:
            config = schema.model_validate(values)
            break
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                path = _path(detail, values)
                problems.append(_problem(detail, path, tree, schema))
                dropped |= _left_out(path, tree, schema)
                _drop(values, path)
    for rule in config.broken_rules():
        if not any(_touches(key, other) for key in (rule.path, *rule.others) for other in dropped):
            problems.append(Problem(tree.where(tuple(rule.path.split("."))), rule.path, rule.message))
    return (None if problems else config), problems


def _touches(key: str, other: str) -> bool:
    """Return whether one of two dotted paths is the other or lies below it."""
    return f"{key}.".startswith(f"{other}.") or f"{other}.".startswith(f"{key}.")


def _numbers_to_text(tree: Tree, schema: type[Experiment]) -> None:
    """Replace numbers by their text where text is due, as in `listing: 6.40`."""
    try:
        schema.model_validate(tree.values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = _path(detail, tree.values)
            if detail["type"] == "string_type" and type(tree.at(path)) in {int, float}:
                tree.at(path[:-1])[path[-1]] = tree.texts[path]


def _path(detail: ErrorDetails, values: Any) -> KeyPath:
    """Return the path of an error in the tree: without the tags of unions, which YAML does not have."""
    path: list[str | int] = []
    for key in detail["loc"]:
        if isinstance(values, dict) and key not in values:
            continue
        path.append(key)
        values = values[key] if isinstance(values, dict) else None
    return tuple(path)


def _problem(detail: ErrorDetails, path: KeyPath, tree: Tree, schema: type[Experiment]) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return Problem(tree.where(path), dotted(path), f"unknown key{_meant(path, tree, schema)}")
    close = ""
    if kind == "union_tag_invalid":
        path = (*path, "name")
        expected, close = " or ".join(MODELS), nearest(tree.texts.get(path, ""), MODELS)
    elif kind == "literal_error":
        words = _words(context["expected"])
        expected = " or ".join(words)
        text = tree.texts.get(path, "")
        close = "; write it without its quotes" if text in words else nearest(text, words)
    elif kind in BOUNDS:
        name, words_of_bound = BOUNDS[kind]
        bound = context[name]
        expected = f"{words_of_bound} {int(bound) if bound == int(bound) else bound}"
    elif kind == "expected":
        expected = detail["msg"]
    else:
        expected = KINDS.get(kind, detail["msg"])
    return Problem(tree.where(path), dotted(path), f"expected {expected}, got {tree.written(path)}{close}")


def _words(expected: str) -> list[str]:
    """Return the words in pydantic's `'auto', True or False`, as YAML has them."""
    words = expected.replace(" or ", ", ").split(", ") if ", " in expected or " or " in expected else [expected]
    return [{"True": "true", "False": "false"}.get(word, word.strip("'")) for word in words]


def _section(schema: type[BaseModel], path: KeyPath, tree: Tree) -> type[BaseModel] | None:
    """Return the model of the section at a path, or None for a key that is no section."""
    model = schema
    for depth, key in enumerate(path):
        found = model.model_fields[str(key)]
        kinds = [found.annotation, *getattr(found.annotation, "__args__", ())]
        if key == "model":
            kinds = [MODELS.get(str(tree.at((*path[: depth + 1], "name")) or found.default.name))]
        sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not sections:
            return None
        model = sections[0]
    return model


def _meant(path: KeyPath, tree: Tree, schema: type[Experiment]) -> str:
    """Return the end of the message on an unknown key: the key that was probably meant."""
    section, key = _section(schema, path[:-1], tree) or schema, str(path[-1])
    for name in section.model_fields:
        inner = _section(schema, (*path[:-1], name), tree)
        if inner is not None and key in inner.model_fields:
            return f"; did you mean '{dotted((*path[:-1], name, key))}'?"
    return nearest(key, section.model_fields)


def _left_out(path: KeyPath, tree: Tree, schema: type[Experiment]) -> set[str]:
    """Return the keys without a value of the user's after an error at `path`, as dotted paths.

    For an unknown key, also the key that was meant, or its whole section if none is close.
    """
    section, key = _section(schema, path[:-1], tree) or schema, str(path[-1])
    if key in section.model_fields:
        return {dotted(path)}
    meant = closest(key, section.model_fields)
    return {dotted(path), dotted((*path[:-1], meant)) if meant else dotted(path[:-1]) or key}


def _drop(values: Any, path: KeyPath) -> None:
    """Remove the key at a path."""
    for key in path[:-1]:
        values = values[key]
    values.pop(path[-1], None)
