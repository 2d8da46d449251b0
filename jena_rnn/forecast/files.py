"""What run.json and metrics.json hold for a forecasting run.

Info.model_validate(json.loads(Path("runs/gru-20261121T091623Z-s0/run.json").read_text())).lead_hours     # 25.0
"""

from typing import Literal

from pydantic import Field, model_validator

from jena_rnn.runs import shapes
from jena_rnn.runs.shapes import Part, Positive, Whole


class Data(shapes.Source):
    """The series, its columns and their scaling, in the columns' own units."""

    rows: Whole
    faults: list[str]
    repairs: list[str]
    columns: list[str] = Field(min_length=1)
    mean: list[float]
    std: list[Positive]
    target_mean: float
    target_std: Positive

    @model_validator(mode="after")
    def one_value_per_column(self) -> "Data":
        """Refuse a scaling that does not have one value for each column."""
        if not len(self.columns) == len(self.mean) == len(self.std):
            raise ValueError("expected one mean and one std for each of the columns")
        return self


class Windows(Part):
    """Number of windows in each split."""

    train: Whole
    val: Whole
    test: Whole


class Info(shapes.Info):
    """run.json."""

    task: Literal["forecast"]
    data: Data
    windows: Windows
    row_hours: Positive
    lead_hours: float


class Score(Part):
    """Errors on one split, normalised and in the target's unit."""

    windows: Whole
    mae: float
    naive_mae: float
    mae_unit: float
    naive_mae_unit: float
    unit_per_normalised: float
    unit: str
    collapsed: bool
    skill: float | None = None


class Splits(Part):
    """The splits that were scored."""

    val: Score
    test: Score


class Metrics(shapes.Metrics):
    """metrics.json."""

    task: Literal["forecast"]
    best_val_mae: float
    last_val_mae: float
    splits: Splits
