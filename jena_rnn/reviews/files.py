"""What run.json and metrics.json hold for a run on reviews.

Info.model_validate(json.loads(Path("runs/imdb_lstm-20261121T091623Z-s0/run.json").read_text())).reviews.train  # 20000
"""

from typing import Annotated, Literal

from pydantic import Field

from jena_rnn.runs import shapes
from jena_rnn.runs.shapes import Part, Share, Whole

Pair = Annotated[list[Whole], Field(min_length=2, max_length=2)]


class Data(shapes.Source):
    """The reviews and the words that the model knows."""

    words: Whole
    words_sha256: str | None = None
    notes: list[str]


class Counts(Part):
    """Number of reviews in each split."""

    train: Whole
    val: Whole
    test: Whole


class Info(shapes.Info):
    """run.json."""

    task: Literal["reviews"]
    data: Data
    reviews: Counts


class Wrong(Part):
    """A review that was misclassified, with the probability that it was given of being positive."""

    review: Whole
    probability: Share
    label: Literal[0, 1]
    text: str


class Score(Part):
    """Accuracies on one split; `confusion` has a row for each label and a column for each answer."""

    reviews: Whole
    accuracy: Share
    loss: float
    majority: Share
    bag_of_words: Share
    confusion: Annotated[list[Pair], Field(min_length=2, max_length=2)]
    collapsed: bool
    most_wrong: list[Wrong]


class Splits(Part):
    """The splits that were scored."""

    val: Score
    test: Score


class Metrics(shapes.Metrics):
    """metrics.json."""

    task: Literal["reviews"]
    best_val_accuracy: Share
    last_val_accuracy: Share
    splits: Splits
