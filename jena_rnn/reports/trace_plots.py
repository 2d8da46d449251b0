"""The gates of a trained layer over one sample, as a figure; the caller saves it.

figure = gates(trace(model, tokens), title="lstm, review 7", axis="word", labels=words)
"""

from collections.abc import Sequence

import numpy as np

from jena_rnn.layers.recurrences import Array
from jena_rnn.layers.traces import LayerTrace, most_open
from jena_rnn.reports.axes import BASELINE, FAINT, INK, MODEL, wrapped
from jena_rnn.reports.canvas import Axes, Figure, MaxNLocator

MARKED = 8
"""Timesteps that wrote most, marked in the last row."""
TITLE_LETTERS = 9.5
"""Of a title, on an inch."""
LONGEST = 14
"""Letters of a word that are shown."""
ROOM, EDGE = 0.08, 0.06
"""Between words on alternate heights, and at both ends, as shares of the width."""
ROWS = {
    "input": "input gate: 1 writes the candidate into the cell",
    "forget": "forget gate: 1 keeps the cell, 0 clears it",
    "output": "output gate: 1 shows the cell in the state",
    "update": "update gate: 1 keeps the state, 0 writes the candidate",
    "reset": "reset gate: 0 leaves the state out of the candidate",
    "candidate": "candidate: what there is to write",
    "cell": "cell: what is carried",
    "state": "state: what is handed on",
}
SIGNED = {"candidate", "cell", "state"}
READS = {"forward": "reads left to right", "backward": "reads right to left"}


def gates(
    traces: Sequence[LayerTrace],
    *,
    title: str,
    axis: str,
    positions: Sequence[float] | None = None,
    labels: Sequence[str] | None = None,
) -> Figure:
    """Draw units × timesteps of each gate and of the state, and below how much each timestep wrote.

    Args:
        traces: one layer's, a column for each direction.
        title: above all.
        axis: what the positions are, with their unit.
        positions: where each sample of the window stands, evenly spaced; counted from 0 if left out.
        labels: a word for each sample of the window; those of the timesteps that wrote most are shown.
    """
    names = [*traces[0].trace.gates, "state"]
    size = (10 if len(traces) == 1 else 15, 1.3 * len(names) + 2.4)
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(wrapped(title, size[0], TITLE_LETTERS), x=0.01, ha="left", fontsize="medium", parse_math=False)
    heights = [1.0] * len(names) + [1.6]
    rows = figure.subplots(len(names) + 1, len(traces), sharex="col", squeeze=False, height_ratios=heights)
    places = [_places(layer, positions) for layer in traces]
    for name, row in zip(names, rows[:-1], strict=True):
        _heat_maps(figure, list(row), name, traces, places)
    top = max(float(layer.writing.max()) for layer in traces) or 1.0
    for axes, layer, where in zip(rows[-1], traces, places, strict=True):
        _writing(axes, layer, where, top, labels)
        axes.set_xlabel(axis, fontsize="small", parse_math=False)
    rows[-1][0].set_title("writing: how much goes into the memory, mean of the units", loc="left", fontsize="small")
    rows[-1][0].set_ylabel("writing", fontsize="small")
    if len(traces) > 1:
        for axes, layer in zip(rows[0], traces, strict=True):
            axes.set_title(f"{layer.direction}: {READS[layer.direction]}", loc="right", fontsize="small")
    return figure


def _places(layer: LayerTrace, positions: Sequence[float] | None) -> Array:
    """Return the position of each timestep: that of the newest sample in it."""
    newest = [layer.newest(timestep) for timestep in range(len(layer.writing))]
    return np.array(newest if positions is None else [positions[sample] for sample in newest], float)


def _edges(places: Array) -> tuple[float, float]:
    half = (places[-1] - places[0]) / (len(places) - 1) / 2 if len(places) > 1 else 0.5
    return places[0] - half, places[-1] + half


def _heat_maps(
    figure: Figure, row: list[Axes], name: str, traces: Sequence[LayerTrace], places: Sequence[Array]
) -> None:
    """Draw one gate, or the state, in all directions with one scale."""
    every = [layer.trace.gates.get(name, layer.trace.states) for layer in traces]
    signed = name in SIGNED
    high = max(float(np.nanmax(np.abs(values))) for values in every) or 1.0
    low, high, colours = (-high, high, "RdBu_r") if signed else (0.0, 1.0, "viridis")
    for axes, values, where in zip(row, every, places, strict=True):
        extent = (*_edges(where), values.shape[1] - 0.5, -0.5)
        image = axes.imshow(values.T, aspect="auto", extent=extent, vmin=low, vmax=high, cmap=colours)
        axes.set_facecolor(FAINT)  # seen where a timestep was hidden
        axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        axes.tick_params(labelsize="x-small")
    row[0].set_ylabel("unit", fontsize="small")
    row[0].set_title(ROWS[name], loc="left", fontsize="small")
    bar = figure.colorbar(image, ax=row, pad=0.01, aspect=8, fraction=0.03)
    bar.ax.tick_params(labelsize="x-small")


def _writing(axes: Axes, layer: LayerTrace, places: Array, top: float, labels: Sequence[str] | None) -> None:
    """Draw how much each timestep wrote, and mark the most."""
    axes.plot(places, layer.writing, color=MODEL, lw=1)
    most = sorted(timestep for timestep, _ in most_open(layer, MARKED))
    axes.plot(places[most], layer.writing[most], "o", color=BASELINE, ms=4)
    axes.set_xlim(*_edges(places))
    axes.set_ylim(0, top * (1.1 if labels is None else 1.7))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize="x-small")
    if labels is not None:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _words(axes, layer, places, most, labels)


def _words(axes: Axes, layer: LayerTrace, places: Array, most: Sequence[int], labels: Sequence[str]) -> None:
    """Write a word for each timestep in `most` above the line, at two heights in turn, and lead to its point."""
    shares = _apart([(timestep + 0.5) / len(places) for timestep in most])
    for number, (timestep, share) in enumerate(zip(most, shares, strict=True)):
        word = labels[layer.newest(timestep)]
        axes.annotate(
            word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…",
            (places[timestep], layer.writing[timestep]),
            (share, 0.93 if number % 2 else 0.77),
            textcoords="axes fraction",
            ha="center",
            fontsize="small",
            color=INK,
            parse_math=False,
            arrowprops={"arrowstyle": "-", "color": FAINT, "lw": 0.7},
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},  # leaders of upper words pass behind lower ones
            zorder=3 if number % 2 else 4,
        )


def _apart(shares: Sequence[float]) -> list[float]:
    """Return places ROOM apart or more, in order, between EDGE and 1 - EDGE, nearest to the given ones (least squares).

    Move word n to the left by n ROOMs, and being apart becomes being in order. Where neighbours are not in order, the
    best they can do is to share their mean (pool adjacent violators, Barlow et al. 1972).
    """
    pools: list[list[float]] = []
    for number, share in enumerate(shares):
        pools.append([share - number * ROOM])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    means = [np.mean(pool) for pool in pools for _ in pool]
    inside = np.clip(means, EDGE, 1 - EDGE - (len(shares) - 1) * ROOM)
    return [float(place) for place in inside + ROOM * np.arange(len(shares))]
