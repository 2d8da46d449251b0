"""The forecasts to beat, on the same windows as the models, under both protocols. No TensorFlow here.

table = baselines(config, series)
table["book"]["val"].naive              # 0.2897359729905486 normalised on the full Jena file
"""

from dataclasses import asdict, dataclass

from jena_rnn.base.errors import DataError
from jena_rnn.base.tables import Findings, amount, table
from jena_rnn.forecast.config import ForecastConfig
from jena_rnn.forecast.geometry import Protocol
from jena_rnn.forecast.opening import faults_named, geometry_of, sounded
from jena_rnn.forecast.scores import climatology, mae
from jena_rnn.forecast.splits import SPLITS, reference_rows, resolve, scaling_rows
from jena_rnn.forecast.stations import open_series
from jena_rnn.forecast.windows import Windows, measure
from jena_rnn.series.audit import audit
from jena_rnn.series.series import Series, period_hours, unit_of


@dataclass(frozen=True)
class Baseline:
    """The errors of a split without training."""

    windows: int
    batches: int
    """Batches of `windows.batch_size`, the last one perhaps short."""
    lead_hours: float
    """From newest input to target."""
    naive: float
    """MAE, normalised."""
    climatology: float
    """MAE, normalised."""
    unit_per_normalised: float
    """Standard deviation of the target over the train rows, in its unit."""


def baselines_of(config: ForecastConfig) -> Findings:
    """Return the baselines on a config's series; raises DataError as `baselines` and `open_series` do."""
    series, target = open_series(config.data), config.data.target
    found = baselines(config, series)
    plain = {
        protocol: {"error": splits}
        if isinstance(splits, str)
        else {name: asdict(each) for name, each in splits.items()}
        for protocol, splits in found.items()
    }
    faults = audit(series, config.data.sentinel).summary()
    lines = _lines(found, series.source.name, target)
    if faults:
        lines += ["", f"data: {', '.join(faults)} (book takes rows as they stand, strict repairs them)"]
    return Findings(lines, {"series": series.source.name, "target": target, "faults": faults, **plain})


def _lines(found: dict[str, dict[str, Baseline] | str], name: str, target: str) -> list[str]:
    unit = unit_of(target)
    rows, missing = [], []
    for protocol, splits in found.items():
        if isinstance(splits, str):
            missing.append(f"protocol {protocol}: {splits}")
            continue
        for split, each in splits.items():
            std = each.unit_per_normalised
            rows.append(
                [
                    f"{protocol}, {split}",
                    f"{each.lead_hours:g} h",
                    f"{each.windows:,}",
                    f"{each.batches:,}",
                    repr(each.naive),
                    amount(each.naive * std, scale=std),
                    f"{each.climatology:.4f}",
                    amount(each.climatology * std, scale=std),
                ]
            )
    header = ["protocol, split", "lead", "windows", "batches", "naive, normalised", unit or "in its unit"]
    header += ["climatology, normalised", unit or "in its unit"]
    return [f"{name}: MAE of {target} without learning", "", table(header, rows), *missing]


def baselines(config: ForecastConfig, series: Series) -> dict[str, dict[str, Baseline] | str]:
    """Return the validation and test baselines of each protocol, or the reason why it has no windows.

    Raises DataError if neither protocol has windows.
    """
    found: dict[str, dict[str, Baseline] | str] = {}
    protocols: tuple[Protocol, ...] = ("book", "strict")
    errors = []
    for protocol in protocols:
        try:
            found[protocol] = _of_protocol(config, series, protocol)
        except DataError as error:
            found[protocol] = str(error)
            errors.append(error)
    if len(errors) == len(protocols):
        raise errors[0 if config.windows.protocol == "book" else 1]
    return found


def _of_protocol(config: ForecastConfig, series: Series, protocol: Protocol) -> dict[str, Baseline]:
    target = config.data.target
    geometry, sound = geometry_of(config, protocol), sounded(config, series, protocol)
    split = resolve(config.split, len(sound.series))
    first, end = split.train[0], split.train[1]
    batch_size = config.windows.batch_size
    with faults_named(config, series):
        rows = {name: reference_rows(name, split, geometry, sound, batch_size) for name in SPLITS}
    scaling = measure(sound.series, (target,), target, *scaling_rows(split, geometry))
    windows = Windows(sound, geometry, (target,), target, scaling)
    measured = sound.measured[first:end]
    usual = climatology(sound.series.times[first:end][measured], sound.series.column(target)[first:end][measured])
    found = {}
    hours = geometry.lead * period_hours(sound.series.times, sound.series.source.name)
    for name in ("val", "test"):
        truth = windows.targets(rows[name])
        climate = (usual(windows.target_times(rows[name])) - scaling.target_mean) / scaling.target_std
        found[name] = Baseline(
            windows=len(rows[name]),
            batches=-(-len(rows[name]) // batch_size),
            lead_hours=hours,
            naive=mae(windows.naive(rows[name]), truth),
            climatology=mae(climate, truth),
            unit_per_normalised=scaling.target_std,
        )
    return found
