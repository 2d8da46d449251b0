"""The JSON Schema of a config file, for editors and other programs."""

from collections.abc import Mapping
from typing import Any, Union

from pydantic import TypeAdapter

from jena_rnn.config.experiment import Experiment


def json_schema(schemas: Mapping[str, type[Experiment]]) -> dict[str, Any]:
    """Return the JSON Schema of a config of any task; keys are described by the docstrings of the config classes."""
    found = TypeAdapter[Any](Union[tuple(schemas.values())]).json_schema()  # type: ignore[arg-type]  # noqa: UP007
    any_of: dict[str, Any] = _any_of(found)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A config of jena-rnn"} | any_of


def _any_of(value: Any) -> Any:
    """Return a schema with `anyOf` for `oneOf` (a model without a name may be any), without pydantic's titles."""
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if not (key == "title" and isinstance(each, str))}
        return {"anyOf" if key == "oneOf" else key: _any_of(each) for key, each in kept.items()}
    return [_any_of(each) for each in value] if isinstance(value, list) else value
