"""The base of every section of a config: a frozen pydantic model that knows its keys, bounds and their meaning.

class Words(Section):
    count: int = Field(10_000, ge=4)
"""

import re
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

LARGEST = 10**15
"""Whole numbers stay below it, so that sums and products of a few fit 64 bits."""
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")


class Broken(NamedTuple):
    """A rule between keys that a config breaks."""

    path: str
    """The key to report."""
    message: str
    """Names the other keys."""
    others: tuple[str, ...] = ()
    """The other keys or sections in the rule."""


class Section(BaseModel):
    """Keys and values; unknown keys are refused, and nothing changes after loading."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _empty(cls, value: Any) -> Any:
        """Take a section without keys, which is null in YAML, as all defaults."""
        return {} if value is None else value

    def but(self, **changes: Any) -> Self:
        """Return a copy with some values changed, without checking them."""
        return self.model_copy(update=changes)


def _printable(text: str) -> str:
    if CONTROL.search(text):
        raise PydanticCustomError("expected", "text without control characters")
    return text


def expected(what: str) -> WrapValidator:
    """Return a validator that reports any error within a value as one: "expected `what`"."""

    def check(value: Any, validate: Any) -> Any:
        try:
            return validate(value)
        except ValidationError:
            raise PydanticCustomError("expected", what) from None

    return WrapValidator(check)


Text = Annotated[str, AfterValidator(_printable)]
Filled = Annotated[str, Field(min_length=1), AfterValidator(_printable)]
Row = Annotated[int, Field(ge=0, lt=LARGEST)]
Range = Annotated[tuple[Row, Row | None], expected("a list of 2 whole numbers in brackets, such as [0, 200000]")]
Texts = Annotated[tuple[Filled, ...], expected("a list of texts in brackets, none of them empty")]
