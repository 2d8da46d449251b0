"""Forecasting: windows of a station's series, and the temperature (or any column) some hours ahead.

Read in the order of the data: `config` (keys), `stations` (the series), `geometry` and `splits` (which rows make a
window, which windows a split), `windows` (normalised batches), `dataset` and `opening` (all of it together), `scores`
and `baselines` (errors), `report`, `explain`, `inspection` (words), `plots` and `figures`.

Other packages use `TASK` alone.
"""

from jena_rnn.forecast.baselines import baselines_of
from jena_rnn.forecast.config import ForecastConfig
from jena_rnn.forecast.explain import explained
from jena_rnn.forecast.inspection import inspected
from jena_rnn.forecast.opening import make_up, open_dataset, open_other
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.forecast.report import REPORT
from jena_rnn.tasks import Figures, Task

INFO = (
    *("data.rows", "data.faults", "data.repairs", "data.columns", "data.mean", "data.std"),
    *("data.target_mean", "data.target_std", "windows.train", "windows.val", "windows.test", "row_hours", "lead_hours"),
)
SCORE = (
    "windows",
    "mae",
    "naive_mae",
    "mae_unit",
    "naive_mae_unit",
    "unit_per_normalised",
    "unit",
    "collapsed",
    "skill",
)
METRICS = ("last_val_mae", *(f"splits.{split}.{key}" for split in ("val", "test") for key in SCORE))


def _figures() -> Figures:
    from jena_rnn.forecast import figures

    return Figures(figures.draw, figures.compare, figures.inspected)


TASK = Task(
    config=ForecastConfig,
    record=EpochRecord,
    info=INFO,
    metrics=METRICS,
    open=open_dataset,
    open_other=open_other,
    make_up=make_up,
    baselines=baselines_of,
    explain=explained,
    inspect=inspected,
    report=REPORT,
    figures=_figures,
)
