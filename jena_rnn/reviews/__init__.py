"""Reviews: which of many film reviews are positive? The chapter's text classifiers.

Read in the order of the data: `config` (keys), `corpora` (files to word ranks: `npz`, `texts`, `table`, `word_index`),
`corpus` (ranks to tokens), `parts`, `dataset` and `opening` (all of it together), `bag_of_words` and `verdicts`
(baseline and errors), `report`, `explain`, `inspection` (words), `plots` and `figures`.

Other packages use `TASK` alone.
"""

from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.explain import baselines, explained
from jena_rnn.reviews.inspection import inspected
from jena_rnn.reviews.opening import make_up, of_texts, open_dataset, open_other
from jena_rnn.reviews.record import ReviewRecord
from jena_rnn.reviews.report import REPORT
from jena_rnn.tasks import Figures, Task

INFO = ("data.words_sha256", "data.words", "data.notes", "reviews.train", "reviews.val", "reviews.test")
SCORE = ("reviews", "accuracy", "loss", "majority", "bag_of_words", "confusion", "collapsed", "most_wrong")
METRICS = tuple(f"splits.{split}.{key}" for split in ("val", "test") for key in SCORE)


def _figures() -> Figures:
    from jena_rnn.reviews import figures

    return Figures(figures.draw, figures.compare, figures.inspected)


TASK = Task(
    config=ReviewConfig,
    record=ReviewRecord,
    info=INFO,
    metrics=METRICS,
    open=open_dataset,
    open_other=open_other,
    make_up=make_up,
    baselines=baselines,
    explain=explained,
    inspect=inspected,
    report=REPORT,
    figures=_figures,
    of_texts=of_texts,
)
