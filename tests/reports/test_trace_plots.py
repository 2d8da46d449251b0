"""Figures of gates: every unit and timestep is drawn where it belongs, words beside what was written at them."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from jena_rnn.layers import recurrences
from jena_rnn.layers.traces import LayerTrace, writing
from jena_rnn.reports.trace_plots import EDGE, MARKED, ROOM, _apart, gates

RNG = np.random.default_rng(0)


def _layer(
    kind: str = "gru", timesteps: int = 20, units: int = 4, direction: str = "forward", pooled: int = 1
) -> LayerTrace:
    blocks = {"gru": 3, "lstm": 4, "simple_rnn": 1}[kind]
    kernel, recurrent = (RNG.standard_normal((rows, blocks * units)) for rows in (3, units))
    bias = np.zeros((2, blocks * units) if kind == "gru" else blocks * units)
    seen = getattr(recurrences, kind)(RNG.standard_normal((timesteps, 3)), kernel, recurrent, bias)
    return LayerTrace(kind, kind, direction, seen, writing(seen), pooled, 1)


def _titles(figure: Figure) -> list[str]:
    return [axes.get_title(loc="left").split(":")[0] for axes in figure.axes if axes.get_title(loc="left")]


def _words(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_every_gate_has_a_row_and_the_state_and_what_was_written() -> None:
    expected = {
        "gru": ["update gate", "reset gate", "candidate", "state", "writing"],
        "lstm": ["input gate", "forget gate", "output gate", "candidate", "cell", "state", "writing"],
        "simple_rnn": ["state", "writing"],
    }
    for kind, titles in expected.items():
        assert _titles(gates([_layer(kind)], title="x", axis="hours")) == titles


def test_maps_show_units_over_timesteps_gates_from_0_to_1_and_states_about_0() -> None:
    layer = _layer()
    update, *_, state, written = gates([layer], title="x", axis="hours").axes[:5]
    np.testing.assert_array_equal(update.images[0].get_array(), layer.trace.gates["update"].T)
    assert update.images[0].get_clim() == (0, 1)
    low, high = state.images[0].get_clim()
    assert low == -high == -np.abs(layer.trace.states).max()
    np.testing.assert_array_equal(written.lines[0].get_ydata(), layer.writing)
    assert len(written.lines[1].get_xdata()) == MARKED
    assert (written.get_xlabel(), update.get_ylabel()) == ("hours", "unit")


def test_samples_stand_at_the_positions_given() -> None:
    figure = gates([_layer(timesteps=5, pooled=3)], title="x", axis="hours before", positions=range(15, 0, -1))
    written = figure.axes[4]
    assert list(written.lines[0].get_xdata()) == [15, 12, 9, 6, 3]
    assert written.get_xlim() == figure.axes[0].get_xlim() == (16.5, 1.5)


def test_directions_stand_side_by_side_under_one_scale() -> None:
    figure = gates([_layer(), _layer(direction="backward")], title="x", axis="word")
    first, second = figure.axes[:2]
    assert first.get_title(loc="right") == "forward: reads left to right"
    assert second.get_title(loc="right") == "backward: reads right to left"
    states = [axes.images[0].get_clim() for axes in figure.axes[6:8]]
    assert states[0] == states[1]


def test_words_that_were_written_most_are_shown_from_left_to_right() -> None:
    layer = _layer("lstm")
    labels = [f"word{number}" for number in range(20)]
    most = sorted(np.argsort(-layer.writing)[:MARKED])
    assert _words(gates([layer], title="x", axis="word", labels=labels)) == [f"word{number}" for number in most]
    long = _words(gates([layer], title="x", axis="word", labels=["incomprehensibilities"] * 20))
    assert set(long) == {"incomprehensi…"}


@pytest.mark.parametrize("shares", [[0.5] * 8, [0.0] * 8, [1.0] * 8, [0.01, 0.02, 0.5, 0.51, 0.52, 0.97, 0.98, 0.99]])
def test_words_keep_apart_and_inside(shares: list[float]) -> None:
    found = _apart(list(shares))
    assert np.diff(found).min() >= ROOM - 1e-9
    assert EDGE <= found[0] < found[-1] <= 1 - EDGE


def test_words_with_room_stand_over_their_points_and_others_around_them() -> None:
    assert _apart([0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9])
    assert _apart([0.1, 0.5, 0.5]) == pytest.approx([0.1, 0.5 - ROOM / 2, 0.5 + ROOM / 2])


@pytest.mark.parametrize("timesteps", [1, 2])
def test_the_shortest_windows_are_drawn(timesteps: int) -> None:
    figure = gates([_layer("lstm", timesteps, units=1)], title="x", axis="word", labels=["a", "b"])
    figure.savefig(io.BytesIO())


def test_hidden_timesteps_and_words_that_look_like_formulas_are_drawn_as_they_are() -> None:
    layer = _layer()
    layer.trace.gates["update"][:3] = np.nan
    figure = gates([layer], title=r"$\frac{$", axis=r"$\frac{$", labels=[r"$\frac{$"] * 20)
    figure.savefig(io.BytesIO())
