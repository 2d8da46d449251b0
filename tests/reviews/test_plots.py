"""Figures of runs on reviews: what is drawn is what was measured, in per cent, and no title is cut off."""

import io

import numpy as np
import pytest

from jena_rnn.reports.axes import LINES
from jena_rnn.reports.canvas import Figure
from jena_rnn.reviews.plots import Curve, accuracy_curves, compare_curves, confusion_matrix, lengths, loss_curves
from jena_rnn.reviews.record import ReviewRecord
from jena_rnn.reviews.sample import simulate
from jena_rnn.reviews.verdicts import Verdicts

HISTORY = [
    ReviewRecord(1, 0.6, 0.7, 0.5, 0.75, 1e-3, 1.0),
    ReviewRecord(2, 0.4, 0.8, 0.45, 0.8, 1e-3, 1.0),
    ReviewRecord(3, 0.2, 0.9, 0.6, 0.78, 1e-3, 1.0),
]


def _drawn(figure: Figure) -> Figure:
    figure.savefig(io.BytesIO(), format="png")
    return figure


def _labels(figure: Figure) -> list[str]:
    legend = figure.axes[0].get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_accuracies_are_dots_for_training_and_a_line_for_validation_with_the_best_marked() -> None:
    figure = _drawn(accuracy_curves(HISTORY, title="lstm", bag_of_words=0.885))
    dots, line, highest, level = figure.axes[0].get_lines()
    assert (dots.get_linestyle(), dots.get_marker(), line.get_linestyle()) == ("None", "o", "-")
    np.testing.assert_allclose(np.asarray(dots.get_ydata()), [70, 80, 90])
    np.testing.assert_allclose(np.asarray(line.get_ydata()), [75, 80, 78])
    assert list(np.asarray(highest.get_xdata())) == [2]
    np.testing.assert_allclose(np.asarray(level.get_ydata()), 88.5)
    assert _labels(figure)[2:] == ["best: 80.0 % (epoch 2)", "bag of words: 88.5 %"]
    assert figure.axes[0].get_ylabel() == "accuracy (%)"


def test_losses_are_drawn_likewise() -> None:
    figure = _drawn(loss_curves(HISTORY, title="lstm"))
    dots, line = figure.axes[0].get_lines()
    np.testing.assert_allclose(np.asarray(dots.get_ydata()), [0.6, 0.4, 0.2])
    np.testing.assert_allclose(np.asarray(line.get_ydata()), [0.5, 0.45, 0.6])
    assert figure.axes[0].get_ylabel() == "binary cross-entropy (nats)"


def test_confusions_are_counts_and_shares_of_each_label() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1], np.int8)
    verdicts = Verdicts(np.arange(6), np.array([0.1, 0.2, 0.3, 0.9, 0.1, 0.8]), labels)
    figure = _drawn(confusion_matrix(verdicts, title="lstm"))
    assert [text.get_text() for text in figure.axes[0].texts] == ["3\n75.0 %", "1\n25.0 %", "1\n50.0 %", "1\n50.0 %"]


@pytest.mark.parametrize("width", [5.5, 7.5])
def test_long_titles_are_wrapped_inside_the_figure(width: float) -> None:
    title = (
        "a_name_of_sixty_four_letters_as_long_as_a_run_may_ever_be_called, seed 4294967295 (made-up reviews): COLLAPSED"
    )
    verdicts = Verdicts(np.arange(2), np.array([0.1, 0.9]), np.array([0, 1], np.int8))
    figure = confusion_matrix(verdicts, title=title) if width < 7 else loss_curves(HISTORY, title=title)
    _drawn(figure)
    box = figure.axes[0].get_window_extent()
    shown = figure.axes[0]._left_title.get_window_extent()  # type: ignore[attr-defined] # matplotlib has no other way
    assert 0 <= shown.x0 <= shown.x1 <= figure.bbox.x1, (shown, box)


@pytest.mark.parametrize("title", ["z" * 60_000, "word " * 12_000])
def test_of_a_title_that_no_figure_holds_the_end_is_left_out(title: str) -> None:
    figure = _drawn(loss_curves(HISTORY, title=title))
    shown = figure.axes[0]._left_title.get_text()  # type: ignore[attr-defined] # matplotlib has no other way
    assert (shown.count("\n"), shown[-1]) == (LINES - 1, "…")


def test_runs_with_other_bags_of_words_have_each_their_own_line() -> None:
    same = [Curve("a", HISTORY, 0.8), Curve("b", HISTORY[:1], 0.8)]
    assert _labels(_drawn(compare_curves(same))) == ["a: 80.0 %", "b: 75.0 %", "bag of words: 80.0 %"]
    other = [Curve("a", HISTORY, 0.8), Curve("b", HISTORY, 0.7)]
    assert _labels(_drawn(compare_curves(other)))[1::2] == ["its bag of words: 80.0 %", "its bag of words: 70.0 %"]


def test_lengths_show_where_a_sample_ends() -> None:
    figure = _drawn(lengths(simulate(200).train, title="made up", shown=500))
    assert _labels(figure) == ["negative", "positive", "words.length: 500"]
