"""What run.json and metrics.json must hold, so that a damaged or foreign file is named by key.

Each task adds its own keys in its module `files`. Keys that no model names are kept.

    checked(parsed(path.read_bytes()), Info)["seed"]            # 0
"""

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LISTED = 5
"""How many faults of one file are named."""

Whole = Annotated[int, Field(ge=0, lt=10**15)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Part(BaseModel):
    """An object in run.json or metrics.json."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class Git(Part):
    """State of the program's own checkout."""

    commit: str
    dirty: bool


class Source(Part):
    """The data of a run."""

    name: str
    sha256: str
    edition: str
    made_up: bool


class Info(Part):
    """What run.json holds for any task."""

    task: str
    command: list[str]
    started: str
    versions: dict[str, str | None]
    flags: dict[str, str] = {}
    overrides: list[str]
    seed: Whole
    config_sha256: str | None = None
    git: Git | None = None
    code_sha256: str | None = None
    resumed: list[list[str]] = []
    approximate: list[str] = []
    steps_per_epoch: Whole
    parameters: Whole
    devices: list[str]


class Metrics(Part):
    """What metrics.json holds for any task."""

    task: str
    best_epoch: Whole
    epochs: Whole
    seconds_per_epoch: float
    seconds: float


def checked(found: Any, model: type[BaseModel]) -> dict[str, Any]:
    """Return `found`, an object that fits the model; raises ValueError naming the keys that do not."""
    try:
        model.model_validate(found)
    except ValidationError as error:
        raise ValueError("; ".join(map(_in_words, error.errors()[:LISTED]))) from None
    plain: dict[str, Any] = found
    return plain


def _in_words(fault: Any) -> str:
    key = ".".join(map(str, fault["loc"])) or "the file"
    return f"{key}: {fault['msg'].removeprefix('Value error, ')}"


def parsed(text: bytes) -> Any:
    """Return what a JSON text holds; raises ValueError."""
    if not text.strip():
        raise ValueError("empty")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
