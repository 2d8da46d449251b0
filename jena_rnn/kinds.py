"""The kinds of task there are, and what each brings: the one place where their names lead to functions.

kind_of(config).open(config)            # the task of a config: its data read, its batches ready to be cut
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jena_rnn.base.tables import Told
from jena_rnn.config.experiment import Experiment
from jena_rnn.forecast import baselines, explain, inspection
from jena_rnn.forecast import opening as forecasting
from jena_rnn.forecast import report as forecast_report
from jena_rnn.reviews import explain as review_explain
from jena_rnn.reviews import inspection as review_inspection
from jena_rnn.reviews import opening as reviewing
from jena_rnn.reviews import report as review_report
from jena_rnn.reviews.corpus import Vocabulary
from jena_rnn.tasks import Account, Explained, Inspected, MadeUp, Task


class Explain(Protocol):
    """What a config comes to; without its data, the reason why that cannot be told, unless it `must_be_there`."""

    def __call__(self, config: Any, *, must_be_there: bool) -> Explained:
        """Return it; raises DataError."""


@dataclass(frozen=True)
class Kind:
    """What one kind of task brings; configs are those of the kind."""

    open: Callable[[Any], Task]
    """The task of a config; raises DataError where its data is missing or does not do."""
    open_other: Callable[[Any, dict[str, Any], Vocabulary], Task]
    """The task of scoring all of a config's data, its one split "all", prepared as that of a run was: given run.json
    and the run's words."""
    make_up: Callable[[int | None, int], MadeUp]
    """Made-up data of so many rows (or as many as is usual), by a seed."""
    baselines: Callable[[Any], Told]
    """What no learning brings on a config's data."""
    explain: Explain
    """What a config comes to."""
    inspect: Callable[[Any], Inspected]
    """What is in a config's data."""
    account: Account
    """What a report says."""
    of_texts: Callable[[Any, Vocabulary, Sequence[str]], Task] | None = None
    """The task of telling what texts are, its one split "all", given a run's config and words; None if not of texts."""


KINDS = {
    "forecast": Kind(
        open=forecasting.open_task,
        open_other=forecasting.open_other,
        make_up=forecasting.make_up,
        baselines=baselines.told,
        explain=explain.explained,
        inspect=inspection.inspected,
        account=forecast_report.ACCOUNT,
    ),
    "reviews": Kind(
        open=reviewing.open_task,
        open_other=reviewing.open_other,
        make_up=reviewing.make_up,
        baselines=review_explain.baselines,
        explain=review_explain.explained,
        inspect=review_inspection.inspected,
        account=review_report.ACCOUNT,
        of_texts=reviewing.of_texts,
    ),
}


def kind_of(config: Experiment) -> Kind:
    """Return the kind of task that a config asks for."""
    return KINDS[config.task]
