"""A run's saved files to the text that people read: report.md. No TensorFlow, and nothing is computed anew.

render(RunDir.open(Path("runs/gru-20261121T091623Z-s0")))
"""

import math
import shlex
from collections.abc import Sequence
from typing import Any

from jena_rnn.config import deviations
from jena_rnn.messages import one_line
from jena_rnn.records import EpochRecord, best
from jena_rnn.rundir import RunDir
from jena_rnn.schema import Config
from jena_rnn.series import MADE_UP, unit_of


def render(run: RunDir) -> str:
    """Return the report of a run in Markdown; raises RunError or ConfigError if its files are damaged."""
    config, info, history, metrics = run.config(), run.info(), run.history(), run.metrics()
    parts = [f"# {headline(config, info, metrics)}", _errors(config, info, history, metrics)]
    book = _book(config, info, history)
    if book:
        parts.append(book)
    parts += [_training(info, history, metrics), _data(config, info), _origin(info), _figures(metrics)]
    text = "\n\n".join(part for part in parts if part)
    return "\n".join(one_line(line) for line in text.split("\n")) + "\n"


def headline(config: Config, info: dict[str, Any], metrics: dict[str, Any] | None) -> str:
    """Return the first line: what ran, on what, and the verdict; failures come before figures."""
    marks = [MADE_UP] * info["data"]["made_up"] + ["smoke run"] * ("--smoke" in info.get("command", ()))
    what = f"{config.name}, seed {config.seed}" + (f" ({', '.join(marks)})" if marks else "")
    if metrics is None:
        return f"{what}: not finished"
    splits = metrics["splits"]
    if any(score["collapsed"] for score in splits.values()):
        return f"{what}: COLLAPSED: the model forecasts the same whatever it is shown"
    worse = [name for name in ("val", "test") if splits[name]["mae"] > splits[name]["naive_mae"]]
    test = splits["test"]
    figures = f"test MAE {physical(test, 'mae')}, naive {physical(test, 'naive_mae')}"
    if worse:
        return f"{what}: WORSE THAN NAIVE on {' and '.join(worse)}: {figures}"
    better = "" if test["skill"] is None else f": {percent(test['skill'])} better than naive"
    return f"{what}: {figures}{better}"


def physical(score: dict[str, Any], key: str) -> str:
    """Return an error of a score with its unit, `2.34 °C`."""
    return f"{score[key + '_unit']:.3f} {score['unit']}".rstrip()


def percent(share: float | None) -> str:
    """Return a share as per cent with one decimal."""
    return "undefined" if share is None or not math.isfinite(share) else f"{100 * share:.1f} %"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return an aligned Markdown table, the first `left` columns to the left and the others to the right."""
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    rule = ["-" * width if i < left else "-" * (width - 1) + ":" for i, width in enumerate(widths)]

    def line(row: Sequence[str]) -> str:
        sized = enumerate(zip(row, widths, strict=True))
        return "| " + " | ".join(cell.ljust(w) if i < left else cell.rjust(w) for i, (cell, w) in sized) + " |"

    return "\n".join([line(cells[0]), line(rule), *(line(row) for row in cells[1:])])


def _errors(
    config: Config, info: dict[str, Any], history: Sequence[EpochRecord], metrics: dict[str, Any] | None
) -> str:
    unit, std = unit_of(config.data.target), info["data"]["target_std"]
    header = ["MAE", unit or "in its unit", "normalised", "naive", "skill", "windows"]
    if metrics is None:
        if not history:
            return "No epoch was finished."
        record = best(history)
        done = f"{record.epoch} (best of {len(history)} finished; {config.training.epochs} were asked for)"
        return f"Validation MAE {record.val_mae * std:.3f} {unit} ({record.val_mae:.4f} normalised) at epoch {done}."
    rows = []
    for name, label in (("val", "validation"), ("test", "test")):
        score = metrics["splits"][name]
        rows.append(
            [
                f"{label}, best epoch ({metrics['best_epoch']})",
                f"{score['mae_unit']:.3f}",
                f"{score['mae']:.4f}",
                f"{score['naive_mae_unit']:.3f}",
                percent(score["skill"]),
                f"{score['windows']:,}",
            ]
        )
    last, val = metrics["last_val_mae"], metrics["splits"]["val"]
    rows.append(
        [
            f"validation, last epoch ({metrics['epochs']})",
            f"{last * std:.3f}",
            f"{last:.4f}",
            f"{val['naive_mae_unit']:.3f}",
            percent(1 - last / val["naive_mae"] if val["naive_mae"] else None),
            f"{val['windows']:,}",
        ]
    )
    lead = f"The forecast is made {info['lead_hours']:g} hours ahead of the newest value seen"
    why = "; the book's windows end one step early." if config.windows.protocol == "book" else "."
    skill = "Skill is 1 - MAE / MAE of naive (the newest value stays); the best epoch has the lowest validation MAE."
    return f"{table(header, rows)}\n\n{lead}{why} {skill}"


def _book(config: Config, info: dict[str, Any], history: Sequence[EpochRecord]) -> str:
    """Return the book's figure beside ours, only where the data is the file that the book used."""
    book = config.book
    if book is None or book.val_mae is None or not info["data"]["edition"].startswith("jena_climate") or not history:
        return ""
    ours, changed = best(history), deviations(config)
    text = (
        f"The book (listing {book.listing}): best validation MAE {book.val_mae:.4f} normalised at epoch "
        f"{book.best_epoch}. This run: {ours.val_mae:.4f} at epoch {ours.epoch}."
    )
    return f"{text} It is not the listing as it stands: {', '.join(changed)}." if changed else text


def _training(info: dict[str, Any], history: Sequence[EpochRecord], metrics: dict[str, Any] | None) -> str:
    lines = [f"- {info['parameters']:,} parameters, {info['steps_per_epoch']} steps an epoch, seed {info['seed']}"]
    if metrics is not None:
        lines.append(
            f"- {metrics['seconds_per_epoch']:.1f} s an epoch (median), {metrics['seconds']:.0f} s in all, "
            f"on {', '.join(info['devices'])}"
        )
    if history:
        lines.append(f"- training loss {history[0].loss:.4f} in the first epoch, {history[-1].loss:.4f} in the last")
    return "## Training\n\n" + "\n".join(lines)


def _data(config: Config, info: dict[str, Any]) -> str:
    data = info["data"]
    faults = ", ".join(data["faults"]) or "none found"
    untouched = "rows taken as they stand" if config.windows.protocol == "book" else "nothing to repair"
    treated = "; ".join(data["repairs"]) or untouched
    lines = [
        f"- {data['name']}: {data['rows']:,} rows, edition: {data['edition']}",
        f"- SHA-256 {data['sha256']}",
        f"- faults: {faults} ({treated})",
        f"- protocol {config.windows.protocol}: "
        + ", ".join(f"{count:,} {name} windows" for name, count in info["windows"].items()),
        f"- {len(data['columns'])} input columns, {config.data.target} to forecast "
        f"(train rows: mean {data['target_mean']:.3f}, std {data['target_std']:.4f})",
    ]
    if data["made_up"]:
        lines.insert(0, f"- {MADE_UP}: simulated weather; its figures say nothing about Jena")
    return "## Data\n\n" + "\n".join(lines)


def _origin(info: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in info["versions"].items() if number)
    git = info["git"]
    code = f"- code: {git['commit'][:12]}{' with changes' if git['dirty'] else ''}\n" if git else ""
    commands = [info["command"], *info.get("resumed", ())]
    lines = "\n".join(f"- `{shlex.join(command)}`" for command in commands)
    return f"## Origin\n\n{lines}\n- {info['started']}\n{code}- {versions}"


def _figures(metrics: dict[str, Any] | None) -> str:
    if metrics is None:
        return ""
    names = ("loss", "forecast", "error_by_hour", "error_by_month")
    return "## Figures\n\n" + "\n".join(f"![{name}](plots/{name}.png)" for name in names)
