"""run.json and metrics.json: parsed, and checked for the keys that the program reads.

loaded(path.read_bytes(), (*INFO, "data.rows"))["seed"]            # 0
"""

import json
from collections.abc import Sequence
from typing import Any

INFO = (
    *("task", "command", "started", "versions", "overrides", "seed", "steps_per_epoch", "parameters", "devices"),
    *("data.name", "data.sha256", "data.edition", "data.made_up"),
)
"""Keys of run.json for any task, dotted; a task adds its own."""
METRICS = ("task", "best_epoch", "epochs", "seconds_per_epoch", "seconds", "splits.val", "splits.test")
"""Keys of metrics.json for any task, dotted."""


def loaded(text: bytes, keys: Sequence[str]) -> dict[str, Any]:
    """Return the object in a JSON text; raises ValueError if it is damaged, or lacks one of the dotted `keys`."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    missing = [key for key in keys if not _has(found, key)]
    if missing:
        raise ValueError(f"missing: {', '.join(missing)}")
    whole: dict[str, Any] = found
    return whole


def _has(found: Any, key: str) -> bool:
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return True
