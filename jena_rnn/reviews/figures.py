"""The figures of runs on reviews, and of the reviews, from saved files."""

from collections.abc import Callable, Sequence

from jena_rnn.reports.canvas import Figure
from jena_rnn.reviews import plots
from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.corpus import Corpus
from jena_rnn.reviews.record import ReviewRecord
from jena_rnn.reviews.verdicts import Verdicts
from jena_rnn.runs.rundir import RunDir


def draw(run: RunDir, config: ReviewConfig, title: str) -> dict[str, Figure]:
    """Return the curves of a run, and of a finished run the confusion matrix."""
    history, metrics = _history(run), run.metrics()
    bag_of_words = metrics["splits"]["val"]["bag_of_words"] if metrics else None
    figures = {
        "accuracy": plots.accuracy_curves(history, title=title, bag_of_words=bag_of_words),
        "loss": plots.loss_curves(history, title=title),
    }
    if metrics is not None:
        verdicts = run.predictions(Verdicts.read)
        mark = f" ({verdicts.made_up})" if verdicts.made_up else ""
        figures["confusion"] = plots.confusion_matrix(verdicts, title=f"{config.name}, seed {config.seed}, test{mark}")
    return figures


def compare(runs: Sequence[RunDir], configs: Sequence[ReviewConfig]) -> Figure:
    """Return one figure with the validation curves of finished runs."""
    curves = []
    for run in runs:
        data, metrics = run.info()["data"], run.metrics() or {}
        label = run.path.resolve().name + (f" ({data['edition']})" if data["made_up"] else "")
        curves.append(plots.Curve(label, _history(run), metrics["splits"]["val"]["bag_of_words"]))
    return plots.compare_curves(curves)


def _history(run: RunDir) -> list[ReviewRecord]:
    return [record for record in run.history() if isinstance(record, ReviewRecord)]


def inspected(config: ReviewConfig, corpus: Corpus, notice: Callable[[str], None]) -> dict[str, Figure]:
    """Return a histogram of the lengths of the training reviews."""
    title = f"Training reviews of {corpus.source.name}"
    return {"lengths": plots.lengths(corpus.train, title=title, shown=config.words.length)}
