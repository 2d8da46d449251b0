"""What run.json and metrics.json must hold, so that a damaged or foreign one is named and not stumbled over.

of_info(json.loads(text))               # ["data.sha256: expected text"], empty if all is there
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LARGEST = 10**15
"""Whole numbers stay below it, as in a config."""

FIGURE = 1e100
"""Errors and forecasts stay below it: float32 times the largest measurement is 1e69."""


@dataclass(frozen=True)
class Kind:
    """What a value must be: in words, and as a test."""

    name: str
    fits: Callable[[Any], bool]


@dataclass(frozen=True)
class Maybe:
    """A value that may be null or left out, but if it is there is of this shape."""

    shape: Any


def finite(value: Any) -> bool:
    """Return whether a value is a number that a run may have left, and that can be drawn."""
    return type(value) in {int, float} and abs(value) < FIGURE


NUMBER = Kind("a finite number", finite)
POSITIVE = Kind("a number above 0", lambda value: finite(value) and value > 0)
WHOLE = Kind("a whole number", lambda value: type(value) is int and 0 <= value < LARGEST)
SHARE = Kind("a number from 0 to 1", lambda value: finite(value) and 0 <= value <= 1)
TEXT = Kind("text", lambda value: isinstance(value, str))
TRUTH = Kind("true or false", lambda value: isinstance(value, bool))


def _is_square(value: Any) -> bool:
    """Return whether a value counts what was said of which."""
    rows = value if isinstance(value, list) else []
    return [len(row) if isinstance(row, list) else 0 for row in rows] == [2, 2] and all(
        WHOLE.fits(count) for row in rows for count in row
    )


SQUARE = Kind("two rows of two whole numbers", _is_square)
LABEL = Kind("0 or 1", lambda value: type(value) is int and value in {0, 1})
OBJECT = Kind("an object", lambda value: isinstance(value, dict))

RUN: dict[str, Any] = {
    "task": TEXT,
    "command": [TEXT],
    "started": TEXT,
    "versions": OBJECT,
    "flags": Maybe(OBJECT),
    "overrides": [TEXT],
    "seed": WHOLE,
    "config_sha256": Maybe(TEXT),
    "git": Maybe({"commit": TEXT, "dirty": TRUTH}),
    "code_sha256": Maybe(TEXT),
    "resumed": Maybe([[TEXT]]),
    "approximate": Maybe([TEXT]),
    "steps_per_epoch": WHOLE,
    "parameters": WHOLE,
    "devices": [TEXT],
}
SOURCE: dict[str, Any] = {"name": TEXT, "sha256": TEXT, "edition": TEXT, "made_up": TRUTH}
FORECAST: dict[str, Any] = RUN | {
    "data": SOURCE
    | {
        "rows": WHOLE,
        "faults": [TEXT],
        "repairs": [TEXT],
        "columns": [TEXT],
        "mean": [NUMBER],
        "std": [POSITIVE],
        "target_mean": NUMBER,
        "target_std": POSITIVE,
    },
    "windows": {"train": WHOLE, "val": WHOLE, "test": WHOLE},
    "row_hours": POSITIVE,
    "lead_hours": NUMBER,
}
REVIEWS: dict[str, Any] = RUN | {
    "data": SOURCE | {"words_sha256": Maybe(TEXT), "words": WHOLE, "notes": [TEXT]},
    "reviews": {"train": WHOLE, "val": WHOLE, "test": WHOLE},
}
INFOS = {"forecast": FORECAST, "reviews": REVIEWS}
"""What run.json holds, by task."""
SCORE: dict[str, Any] = {
    "windows": WHOLE,
    "mae": NUMBER,
    "naive_mae": NUMBER,
    "mae_unit": NUMBER,
    "naive_mae_unit": NUMBER,
    "unit_per_normalised": NUMBER,
    "unit": TEXT,
    "collapsed": TRUTH,
    "skill": Maybe(NUMBER),
}
ENDED: dict[str, Any] = {
    "task": TEXT,
    "best_epoch": WHOLE,
    "epochs": WHOLE,
    "seconds_per_epoch": NUMBER,
    "seconds": NUMBER,
    "files": {"history.csv": TEXT, "predictions.csv": TEXT},
}
ACCURACY: dict[str, Any] = {
    "reviews": WHOLE,
    "accuracy": SHARE,
    "loss": NUMBER,
    "majority": SHARE,
    "bag_of_words": SHARE,
    "confusion": SQUARE,
    "collapsed": TRUTH,
    "most_wrong": [{"review": WHOLE, "probability": SHARE, "label": LABEL, "text": TEXT}],
}
METRICS: dict[str, dict[str, Any]] = {
    "forecast": ENDED | {"best_val_mae": NUMBER, "last_val_mae": NUMBER, "splits": {"val": SCORE, "test": SCORE}},
    "reviews": ENDED
    | {
        "best_val_accuracy": SHARE,
        "last_val_accuracy": SHARE,
        "splits": {"val": ACCURACY, "test": ACCURACY},
    },
}
"""What metrics.json holds, by task."""


def of_info(found: Any) -> list[str]:
    """Return what is wrong with run.json, in plain words; what it holds besides is left alone."""
    task = found.get("task") if isinstance(found, dict) else None
    if not isinstance(task, str) or task not in INFOS:
        return _misfits(found, {"task": Kind(" or ".join(INFOS), lambda value: False)}, "")
    return _misfits(found, INFOS[task], "") or AMONG[task](found["data"])


def _one_for_each_column(data: dict[str, Any]) -> list[str]:
    count = len(data["columns"])
    if not count:
        return ["data.columns: expected at least one column"]
    return [
        f"data.{key}: expected {count} numbers, one for each of data.columns, got {len(data[key])}"
        for key in ("mean", "std")
        if len(data[key]) != count
    ]


def _nothing(data: dict[str, Any]) -> list[str]:
    return []


AMONG: dict[str, Callable[[dict[str, Any]], list[str]]] = {"forecast": _one_for_each_column, "reviews": _nothing}
"""What is wrong among the values under `data` of run.json though each fits, by task."""


def of_metrics(found: Any, task: str) -> list[str]:
    """Return what is wrong with metrics.json of a run of a task, likewise."""
    same = Kind(task, lambda value: bool(value == task))
    return _misfits(found, METRICS[task] | {"task": same}, "")


def plain_json(text: bytes) -> Any:
    """Return what a JSON text says; raises ValueError for none, NaN and numbers without end."""

    def refused(word: str) -> float:
        raise ValueError(f"expected finite numbers, got {word}")

    def number(word: str) -> float:
        return float(word) if math.isfinite(float(word)) else refused(word)

    if not text.strip():
        raise ValueError("empty")
    try:
        return json.loads(text, parse_constant=refused, parse_float=number)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error}") from None


def _misfits(found: Any, shape: Any, place: str) -> list[str]:
    if isinstance(shape, Maybe):
        return [] if found is None else _misfits(found, shape.shape, place)
    if isinstance(shape, Kind):
        return [] if shape.fits(found) else [f"{place}: expected {shape.name}"]
    if isinstance(shape, list):
        if isinstance(found, list) and not any(_misfits(each, shape[0], place) for each in found):
            return []
        return [f"{place}: expected a list, each {_words(shape[0])}"]
    if not isinstance(found, dict):
        return [f"{place or 'the file'}: expected {OBJECT.name}"]
    deeper = ((f"{place}.{key}" if place else key, key, each) for key, each in shape.items())
    return [wrong for path, key, each in deeper for wrong in _misfits(found.get(key), each, path)]


def _words(shape: Any) -> str:
    if isinstance(shape, dict):
        return f"an object of {', '.join(shape)}"
    return f"a list, each {_words(shape[0])}" if isinstance(shape, list) else str(shape.name)
