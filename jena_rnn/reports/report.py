"""A run's saved files to report.md, the text that people read. Nothing is computed again.

The parts that every report has are here; the others come from the task's `Report`.

    render(RunDir.open(Path("runs/gru-20261121T091623Z-s0")))
"""

import shlex
from collections.abc import Sequence
from typing import Any

from jena_rnn.base.messages import one_line, plural
from jena_rnn.config.experiment import Experiment
from jena_rnn.runs.rundir import RunDir
from jena_rnn.tasks import task_of
from jena_rnn.training.history import Record


def render(run: RunDir) -> str:
    """Return the report of a run in Markdown; raises RunError or ConfigError if its files are damaged."""
    config, info, metrics = run.config(), _in_lines(run.info()), _in_lines(run.metrics())
    history, diverged = run.history(), run.divergence()
    task = task_of(config).report
    parts = [
        f"# {headline(config, info, metrics, diverged)}",
        f"Ended early: {diverged}" if diverged else "",
        task.errors(config, info, history, metrics) if history else "No epoch was finished.",
        task.listing(config, info, history) if history else "",
        _training(info, history, metrics),
        "## Data\n\n" + "\n".join(task.data(config, info)),
        _origin(info),
        _figures(task.figures) if metrics is not None else "",
    ]
    text = "\n\n".join(part for part in parts if part)
    return "\n".join(one_line(line) for line in text.split("\n")) + "\n"


def _in_lines(found: Any) -> Any:
    """Return JSON values with each text on one line, so that no name in a file breaks the report's lines."""
    if isinstance(found, dict):
        return {key: _in_lines(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_in_lines(value) for value in found]
    return one_line(found) if isinstance(found, str) else found


def headline(
    config: Experiment, info: dict[str, Any], metrics: dict[str, Any] | None, diverged: str | None = None
) -> str:
    """Return the first line: the run, its data, and the verdict; `diverged` says why a run ended early."""
    if metrics is not None:
        verdict = task_of(config).report.verdict(metrics)
    else:
        verdict = f"DIVERGED: {diverged.partition(';')[0]}" if diverged else "not finished, `jena-rnn resume` goes on"
    made_up = [info["data"]["edition"]] if info["data"]["made_up"] else []
    marks = made_up + ["smoke run"] * ("--smoke" in info.get("command", ()))
    return f"{config.name}, seed {config.seed}" + (f" ({', '.join(marks)})" if marks else "") + f": {verdict}"


def _training(info: dict[str, Any], history: Sequence[Record], metrics: dict[str, Any] | None) -> str:
    steps = plural(info["steps_per_epoch"], "step", "steps")
    lines = [f"- {info['parameters']:,} parameters, {steps} an epoch, seed {info['seed']}"]
    if metrics is not None:
        lines.append(
            f"- {metrics['seconds_per_epoch']:.1f} s an epoch (median), {metrics['seconds']:.0f} s in all, "
            f"on {', '.join(info['devices'])}"
        )
    if history:
        lines.append(f"- training loss {history[0].loss:.4f} in the first epoch, {history[-1].loss:.4f} in the last")
    return "## Training\n\n" + "\n".join(lines)


def _origin(info: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in info["versions"].items() if number)
    git = info.get("git")
    code = f"- code: {git['commit'][:12]}{' with changes' if git['dirty'] else ''}\n" if git else ""
    commands = [info["command"], *info.get("resumed", ())]
    lines = "\n".join(f"- `{shlex.join(command)}`" for command in commands)
    changed = "; ".join(info.get("approximate", ()))
    approximate = f"\n- not bit for bit what one machine would have made of it: {changed}" if changed else ""
    return f"## Origin\n\n{lines}\n- {info['started']}\n{code}- {versions}{approximate}"


def _figures(names: Sequence[str]) -> str:
    return "## Figures\n\n" + "\n".join(f"![{name}](plots/{name}.png)" for name in names)
