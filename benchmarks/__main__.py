"""`python -m benchmarks` measures everything, prints it and writes docs/performance.md; `--quick` in a few minutes."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import epochs, machine, program, reviews, saving, steps, windows
from benchmarks.timing import Timed, ratio
from jena_rnn.base.tables import table

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
MARK = "<!-- measured below; written by `make bench` -->"
RIVALS = {"keras": "Keras as it comes", "xla": "Keras under XLA", "torch": "PyTorch"}


def main() -> None:
    """Measure, print, write."""
    quick = "--quick" in sys.argv
    rows, speeds = steps.measure(rounds=3 if quick else 9)
    _say("steps")
    cut = windows.rivals(rounds=3 if quick else 9)
    lengths, lookbacks = windows.by_length(5), windows.by_lookback(5)
    _say("windows")
    whole = {name: epochs.measure(name, rounds=1 if quick else 3) for name in ("dense", "gru_dropout")}
    texts = {name: reviews.measure(name, rounds=1 if quick else 3) for name in ("imdb/lstm", "imdb/conv")}
    saved = {name: saving.measure(name, epochs=3 if quick else 6) for name in ("dense", "gru_dropout", "imdb/lstm")}
    _say("epochs")
    started = program.measure(rounds=3 if quick else 7)
    parts = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} at {machine.commit()} on {machine.describe()}. Bound: "
        f"{speeds.products / 1e9:.0f} G multiply-adds and {speeds.tanhs / 1e9:.2f} G tanh a second on all cores. "
        "Medians of alternating runs, quartiles in brackets; × says how many times longer the other takes.",
        "## Training step, 128 windows",
        _rivals([(row.model, row.step, row.step_work.seconds(speeds)) for row in rows]),
        _dropout(rows),
        "## Forward pass, 1,024 windows",
        _rivals([(row.model, row.forward, row.forward_work.seconds(speeds)) for row in rows]),
        "## Windows, one core",
        _cut(cut),
        _flat("series of", lengths, "rows"),
        _flat("lookback", lookbacks, "rows"),
        "## Whole epochs, 500 steps and the validation pass",
        _epochs(whole),
        "## Whole epochs of the text models, 20,000 reviews and 5,000 to validate",
        _epochs(texts),
        "## Saving an epoch: its snapshot, synced to disk, and the history",
        _saving(saved),
        "## Starting, and memory",
        _program(started),
    ]
    text = "\n\n".join(parts) + "\n"
    print(text)
    if not quick:
        head = PAGE.read_text().partition(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{text}")


def _say(done: str) -> None:
    print(f"{done}: done", file=sys.stderr, flush=True)


def _ms(timed: Timed) -> str:
    first, third = timed.spread
    return f"{1e3 * timed.median:.1f} ({1e3 * first:.1f}–{1e3 * third:.1f})"


def _times(timed: Timed) -> str:
    return f"{timed.median:.2f} ×"


def _rivals(rows: list[tuple[str, dict[str, Timed], float]]) -> str:
    heads = ["model", "ours, ms", *(f"{name}, ms" for name in RIVALS.values()), *RIVALS.values(), "ours / bound"]
    lines = []
    for model, found, bound in rows:
        taken = [_ms(found[name]) if name in found else "" for name in RIVALS]
        faster = [_times(ratio(found, name, "ours")) if name in found else "" for name in RIVALS]
        lines.append([model, _ms(found["ours"]), *taken, *faster, f"{found['ours'].median / bound:.1f}"])
    return table(heads, lines)


def _dropout(rows: list[steps.Row]) -> str:
    by_name = {row.model: row.step["ours"].median for row in rows}
    return f"A step of the dropout GRU takes {by_name['gru_dropout'] / by_name['gru']:.2f} times one of the plain GRU."


def _cut(cut: dict[str, Timed]) -> str:
    names = {"ours": "ours", "listing": "the book's generator", "keras": "timeseries_dataset_from_array"}
    return table(
        ["way", "windows a second", "ours is faster"],
        [[names[name], f"{1 / timed.median:,.0f}", _times(ratio(cut, name, "ours"))] for name, timed in cut.items()],
    )


def _flat(what: str, found: dict[int, Timed], unit: str) -> str:
    parts = [f"{1 / timed.median:,.0f} at {size:,} {unit}" for size, timed in found.items()]
    return f"Windows a second by {what}: {', '.join(parts)}."


def _epochs(whole: dict[str, dict[str, Timed]]) -> str:
    lines = []
    for name, found in whole.items():
        ours, theirs = (f"{found[who].median:.1f}" for who in ("ours", "listing"))
        lines.append([name, ours, theirs, _times(ratio(found, "listing", "ours"))])
    return table(["config", "ours, s", "the listing, s", "ours is faster"], lines)


def _saving(saved: dict[str, dict[str, Timed]]) -> str:
    lines = []
    for name, found in saved.items():
        share = found["saving"].median / found["epoch"].median
        lines.append([name, f"{found['epoch'].median:.1f}", _ms(found["saving"]), f"{100 * share:.1f} %"])
    return table(["config", "epoch, s", "saving, ms", "of an epoch"], lines)


def _program(found: program.Found) -> str:
    lines = [
        ["`jena-rnn train --help`", f"{found.help.median:.2f} s"],
        [f"`jena-rnn baseline` on {epochs.ROWS:,} rows", f"{found.baseline.median:.2f} s"],
    ]
    for name, seconds in found.first_step.items():
        run = f"`jena-rnn train {name}`" + (", epochs of 5 steps" if name == "gru" else "")
        lines.append([f"{run}: TensorFlow's import to the end of step 1", f"{seconds:.1f} s"])
        lines.append([f"{run}: peak memory above TensorFlow's import", f"{found.peak_mb[name]:.0f} MB"])
    return table(["what", "takes"], lines)


if __name__ == "__main__":
    main()
