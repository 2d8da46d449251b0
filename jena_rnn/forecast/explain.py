"""A config's windows in plain words, so that a reader can check the arithmetic by hand.

explained(config, must_be_there=False).lines
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from jena_rnn.base.errors import NoDataError
from jena_rnn.base.messages import plural
from jena_rnn.forecast.config import ForecastConfig
from jena_rnn.forecast.dataset import ForecastDataset, spec_of
from jena_rnn.forecast.opening import open_dataset
from jena_rnn.forecast.splits import SPLITS, bounds
from jena_rnn.series.audit import stamp
from jena_rnn.series.sample import COLUMNS
from jena_rnn.tasks import Explained

DAY = 24
"""Hours."""


@dataclass(frozen=True)
class SplitFacts:
    """Where a split's windows lie; times are the station's clock."""

    split: str
    first_row: int
    end_row: int
    """One past the last."""
    windows: int
    first_input: str
    """The oldest input of the first window."""
    first_target: str
    last_input: str
    """The newest input of the last window."""
    last_target: str


def explained(config: ForecastConfig, *, must_be_there: bool) -> Explained:
    """Return the places of a config's windows, or the reason if the data is missing.

    Raises DataError if the data is unusable, or missing though it `must_be_there`.
    """
    try:
        dataset = open_dataset(config)
    except NoDataError as error:
        if must_be_there:
            raise
        columns = len(config.data.columns or COLUMNS)
        spec = spec_of(config.windows.lookback // config.windows.step, columns, config.training.loss)
        why = f"The windows cannot be placed in time, and {columns} input columns are assumed: {error}"
        return Explained([why], {"series": None, "windows": None}, None, spec)
    facts = [asdict(split) for split in split_facts(dataset)]
    lines = [f"{dataset.source.name}:", *explain(dataset, dataset.faults)]
    return Explained(lines, {"series": dataset.source.name, "windows": facts}, dataset, dataset.spec)


def split_facts(dataset: ForecastDataset) -> list[SplitFacts]:
    """Return where each split's windows lie in rows and in time."""
    windows, found = dataset.windows, []
    for name in SPLITS:
        rows = dataset.rows[name]
        first, end = bounds(dataset.split, name, windows.length, windows.geometry)
        ends = rows[[rows.argmin(), rows.argmax()]]
        targets = windows.target_times(ends)
        found.append(
            SplitFacts(
                split=name,
                first_row=first,
                end_row=end,
                windows=len(rows),
                first_input=stamp(windows.oldest_times(ends)[0]),
                first_target=stamp(targets[0]),
                last_input=stamp(windows.newest_times(ends)[1]),
                last_target=stamp(targets[1]),
            )
        )
    return found


def explain(dataset: ForecastDataset, faults: Sequence[str]) -> list[str]:
    """Return the windows of `dataset` in plain words; `faults` is the audit's summary of the series."""
    geometry = dataset.windows.geometry
    sampled, reach, delay = (n * dataset.row_hours for n in (geometry.step, geometry.lookback, geometry.delay))
    lines = [
        f"A window is {geometry.timesteps} samples, one every {sampled:g} h over {reach:g} h "
        f"({'1 day' if reach == DAY else f'{reach / DAY:g} days'}), of "
        f"{plural(len(dataset.windows.columns), 'column', 'columns')}.",
        f"To forecast: {dataset.target}, {delay:g} h after the window's reference row. "
        f"The true lead, from the newest input to the target, is {dataset.lead_hours:g} h.",
        "",
    ]
    for facts in split_facts(dataset):
        lines += [
            f"{facts.split:5} rows {facts.first_row:,} to {facts.end_row - 1:,}: {facts.windows:,} windows",
            f"      first: inputs from {facts.first_input}, target {facts.first_target}",
            f"      last:  inputs to   {facts.last_input}, target {facts.last_target}",
        ]
    return [*lines, "", *(_book(dataset, faults) if geometry.protocol == "book" else _strict(dataset))]


def _book(dataset: ForecastDataset, faults: Sequence[str]) -> list[str]:
    geometry = dataset.windows.geometry
    first, end = bounds(dataset.split, "val", dataset.windows.length, geometry)
    val = dataset.rows["val"]
    scored, drawn = len(np.unique(val)), dataset.steps * dataset.batch_size
    twice = f", {len(val) - scored} are scored twice" if scored < len(val) else ""
    lines = [
        "Protocol book is the first edition's generator to the letter. It overlooks that",
        f"- the newest input lies one step before the reference row: the lead is {dataset.lead_hours:g} h, "
        f"not {geometry.delay * dataset.row_hours:g} h;",
        f"- targets lie up to {geometry.delay} rows past the end of their split, so training sees the first hours "
        "of validation;",
        f"- {drawn:,} windows an epoch are drawn with replacement: some twice, some never;",
        f"- only whole batches of {dataset.batch_size} are scored, which leaves "
        f"{plural(end - first - geometry.lookback - scored, 'validation window', 'validation windows')} out{twice}.",
    ]
    if faults:
        lines.append(f"- rows are taken as they stand, here with {', '.join(faults)}.")
    return [*lines, "--set windows.protocol=strict does without all that."]


def _strict(dataset: ForecastDataset) -> list[str]:
    drawn, there = dataset.steps * dataset.batch_size, len(dataset.rows["train"])
    if 0 <= drawn - there < dataset.batch_size:
        epoch = "all of them"
    elif drawn < there:
        epoch = f"{drawn:,} of them"
    else:
        epoch = f"{drawn:,}, each of them {drawn // there} or {drawn // there + 1} times"
    lines = [
        "Protocol strict: every window lies inside its split, target included, and crosses no gap;",
        f"each is scored once. The {there:,} training windows are shuffled, and an epoch takes {epoch};",
        "none comes twice before all have come.",
    ]
    return lines + [f"- {repair}" for repair in dataset.repairs]
