"""Forecasting: windows of a station's series, and the temperature (or any column) some hours ahead.

Read in the order of the data: `config` (keys), `stations` (the series), `geometry` and `splits` (which rows make a
window, which windows a split), `windows` (normalised batches), `dataset` and `opening` (all of it together), `scores`
and `baselines` (errors), `report`, `explain`, `inspection` (words), `plots` and `figures`.

Other packages use `TASK` alone.
"""

from jena_rnn.forecast.baselines import baselines_of
from jena_rnn.forecast.config import ForecastConfig
from jena_rnn.forecast.explain import explained
from jena_rnn.forecast.files import Info, Metrics
from jena_rnn.forecast.inspection import inspected
from jena_rnn.forecast.opening import make_up, open_dataset, open_other
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.forecast.report import REPORT
from jena_rnn.tasks import Figures, Task


def _figures() -> Figures:
    from jena_rnn.forecast import figures

    return Figures(figures.draw, figures.compare, figures.inspected)


TASK = Task(
    config=ForecastConfig,
    record=EpochRecord,
    info=Info,
    metrics=Metrics,
    open=open_dataset,
    open_other=open_other,
    make_up=make_up,
    baselines=baselines_of,
    explain=explained,
    inspect=inspected,
    report=REPORT,
    figures=_figures,
)
