"""What run.json and metrics.json must hold, so that a damaged or foreign one is named and not stumbled over.

misfits(json.loads(text), INFO)         # ["data.sha256: expected text"], empty if all is there
"""

from typing import Any

NUMBER = (int, float)
NAMES = {
    NUMBER: "a number",
    int: "a whole number",
    str: "text",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}

INFO: dict[str, Any] = {
    "command": [str],
    "started": str,
    "versions": dict,
    "overrides": [str],
    "seed": int,
    "data": {
        "name": str,
        "sha256": str,
        "edition": str,
        "made_up": bool,
        "rows": int,
        "faults": [str],
        "repairs": [str],
        "columns": [str],
        "mean": [NUMBER],
        "std": [NUMBER],
        "target_mean": NUMBER,
        "target_std": NUMBER,
    },
    "windows": {"train": int, "val": int, "test": int},
    "git": (dict, type(None)),
    "row_hours": NUMBER,
    "lead_hours": NUMBER,
    "steps_per_epoch": int,
    "parameters": int,
    "devices": [str],
}
SCORE: dict[str, Any] = {
    "windows": int,
    "mae": NUMBER,
    "naive_mae": NUMBER,
    "mae_unit": NUMBER,
    "naive_mae_unit": NUMBER,
    "unit": str,
    "collapsed": bool,
    "skill": (int, float, type(None)),
}
METRICS: dict[str, Any] = {
    "best_epoch": int,
    "epochs": int,
    "best_val_mae": NUMBER,
    "last_val_mae": NUMBER,
    "seconds_per_epoch": NUMBER,
    "seconds": NUMBER,
    "splits": {"val": SCORE, "test": SCORE},
}


def misfits(found: Any, shape: dict[str, Any], path: str = "") -> list[str]:
    """Return what `found` lacks of `shape`, in plain words; what it holds besides is left alone."""
    if not isinstance(found, dict):
        return [f"{path or 'the file'}: expected {NAMES[dict]}"]
    wrong = []
    for key, kind in shape.items():
        place = f"{path}.{key}" if path else key
        if isinstance(kind, dict):
            wrong += misfits(found.get(key), kind, place)
        elif isinstance(kind, list):
            if not (isinstance(found.get(key), list) and all(isinstance(each, kind[0]) for each in found[key])):
                wrong.append(f"{place}: expected a list, each {NAMES[kind[0]]}")
        elif not isinstance(found.get(key), kind) or (kind is not bool and isinstance(found.get(key), bool)):
            wrong.append(f"{place}: expected {NAMES.get(kind, 'another kind of value')}")
    return wrong
