"""The report of a forecasting run: errors in the target's unit beside naive, the book's figure, the series."""

from collections.abc import Callable, Sequence
from typing import Any

from jena_rnn.base.messages import plural
from jena_rnn.base.tables import amount, percent, table
from jena_rnn.config.deviations import deviations
from jena_rnn.forecast.config import ForecastConfig
from jena_rnn.forecast.record import EpochRecord
from jena_rnn.forecast.scores import skill
from jena_rnn.series.repair import UNTOUCHED
from jena_rnn.series.sample import COLUMNS
from jena_rnn.series.series import MADE_UP, unit_of
from jena_rnn.tasks import Report, failures
from jena_rnn.training.history import best

FAILURES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "COLLAPSED (its forecasts hardly vary)": lambda score: score["collapsed"],
    "WORSE THAN NAIVE": lambda score: score["mae"] > score["naive_mae"],
}


def verdict(metrics: dict[str, Any]) -> str:
    """Return the outcome of a finished run in one line, failures first."""
    failed, test = failures(metrics["splits"], FAILURES), metrics["splits"]["test"]
    figures = f"test MAE {physical(test, 'mae')}, naive {physical(test, 'naive_mae')}"
    if failed:
        return f"{failed}: {figures}"
    better = "" if test["skill"] is None else f": {percent(test['skill'])} better than naive"
    return f"{figures}{better}"


def physical(score: dict[str, Any], key: str) -> str:
    """Return an error of a score with its unit, `2.34 °C`."""
    return amount(score[key + "_unit"], score["unit"], scale=score["unit_per_normalised"])


def errors(
    config: ForecastConfig, info: dict[str, Any], history: Sequence[EpochRecord], metrics: dict[str, Any] | None
) -> str:
    """Return a table of errors with an explanation."""
    unit, std = unit_of(config.data.target), info["data"]["target_std"]
    header = ["MAE", unit or "in its unit", "normalised", "naive", "skill", "windows"]
    if metrics is None:
        record = best(history)
        done = f"{record.epoch} (best of {len(history)} finished; {config.training.epochs} were asked for)"
        reached = amount(record.val_mae * std, unit, scale=std)
        return f"Validation MAE {reached} ({record.val_mae:.4f} normalised) at epoch {done}."
    rows = []
    for name, label in (("val", "validation"), ("test", "test")):
        score = metrics["splits"][name]
        rows.append(
            [
                f"{label}, best epoch ({metrics['best_epoch']})",
                amount(score["mae_unit"], scale=std),
                f"{score['mae']:.4f}",
                amount(score["naive_mae_unit"], scale=std),
                percent(score["skill"]),
                f"{score['windows']:,}",
            ]
        )
    last, val = metrics["last_val_mae"], metrics["splits"]["val"]
    rows.append(
        [
            f"validation, last epoch ({metrics['epochs']})",
            amount(last * std, scale=std),
            f"{last:.4f}",
            amount(val["naive_mae_unit"], scale=std),
            percent(skill(last, val["naive_mae"])),
            f"{val['windows']:,}",
        ]
    )
    hours = info["lead_hours"]
    lead = f"The forecast is made {hours:g} {'hour' if hours == 1 else 'hours'} ahead of the newest value seen"
    why = "; the book's windows end one step early." if config.windows.protocol == "book" else "."
    meaning = "Skill is 1 - MAE / MAE of naive (the newest value stays); the best epoch has the lowest validation MAE."
    return f"{table(header, rows)}\n\n{lead}{why} {meaning}"


def listing(config: ForecastConfig, info: dict[str, Any], history: Sequence[EpochRecord]) -> str:
    """Return the book's figure beside ours; empty unless the data is the book's file."""
    book = config.book
    if book is None or book.val_mae is None or not info["data"]["edition"].startswith("jena_climate"):
        return ""
    ours, changed = best(history), deviations(config)
    if len(info["data"]["columns"]) < len(COLUMNS):
        changed.insert(0, f"{len(info['data']['columns'])} of {len(COLUMNS)} columns as input")
    text = (
        f"The book (listing {book.listing}): best validation MAE {book.val_mae:.4f} normalised at epoch "
        f"{book.best_epoch}. This run: {ours.val_mae:.4f} at epoch {ours.epoch}."
    )
    return f"{text} It is not the listing as it stands: {', '.join(changed)}." if changed else text


def data(config: ForecastConfig, info: dict[str, Any]) -> list[str]:
    """Return lines about the series."""
    facts, std = info["data"], info["data"]["target_std"]
    faults = ", ".join(facts["faults"]) or "none found"
    treated = "; ".join(facts["repairs"]) or UNTOUCHED[config.windows.protocol]
    lines = [
        f"- {facts['name']}: {facts['rows']:,} rows, edition: {facts['edition']}",
        f"- SHA-256 {facts['sha256']}",
        f"- faults: {faults} ({treated})",
        f"- protocol {config.windows.protocol}: "
        + ", ".join(f"{count:,} {name} windows" for name, count in info["windows"].items()),
        f"- {plural(len(facts['columns']), 'input column', 'input columns')}, {config.data.target} to forecast "
        f"(train rows: mean {amount(facts['target_mean'], scale=std)}, std {amount(std, scale=std, places=4)})",
    ]
    if facts["made_up"]:
        lines.insert(0, f"- {MADE_UP}: simulated weather; its figures say nothing about Jena")
    return lines


REPORT = Report(verdict, errors, listing, data, ("loss", "forecast", "error_by_hour", "error_by_month"))
