"""The first line of a report on reviews hides nothing; the book's figures stand only beside what can be compared."""

from typing import Any

import pytest
from helpers import shipped

from jena_rnn.reviews.config import ReviewConfig
from jena_rnn.reviews.record import ReviewRecord
from jena_rnn.reviews.report import data, errors, listing, verdict

HISTORY = [ReviewRecord(1, 0.6, 0.7, 0.5, 0.8852, 1e-3, 1.0), ReviewRecord(2, 0.4, 0.8, 0.45, 0.8716, 1e-3, 1.0)]


def _metrics(**test: Any) -> dict[str, Any]:
    good = {"accuracy": 0.88, "bag_of_words": 0.87, "majority": 0.5, "loss": 0.3, "reviews": 10, "collapsed": False}
    good |= {"confusion": [[4, 1], [0, 5]], "most_wrong": []}
    return {"best_epoch": 1, "epochs": 2, "splits": {"val": good, "test": good | test}}


def _info(train: int = 20_000, val: int = 5_000, test: int = 25_000, **facts: Any) -> dict[str, Any]:
    source = {"name": "imdb.npz", "sha256": "0", "edition": "unknown", "made_up": False, "notes": []}
    return {"data": source | facts, "reviews": {"train": train, "val": val, "test": test}}


def _config(*overrides: str) -> ReviewConfig:
    config = shipped("imdb/lstm", *overrides)
    assert isinstance(config, ReviewConfig)
    return config


@pytest.mark.parametrize(
    ("test", "line"),
    [
        ({}, "test accuracy 88.0 %, bag of words 87.0 %"),
        ({"accuracy": 0.86}, "WORSE THAN A BAG OF WORDS on test: test accuracy 86.0 %, bag of words 87.0 %"),
        ({"accuracy": 0.5}, "NO BETTER THAN ALWAYS SAYING THE SAME on test: test accuracy 50.0 %, bag of words 87.0 %"),
        (
            {"collapsed": True, "accuracy": 0.5},
            "COLLAPSED (it says the same of nearly every review) on test: test accuracy 50.0 %, bag of words 87.0 %",
        ),
    ],
)
def test_the_verdict_puts_failures_before_figures(test: dict[str, Any], line: str) -> None:
    assert verdict(_metrics(**test)) == line


@pytest.mark.parametrize(
    ("val", "test", "failures"),
    [
        (0.4, 0.88, "NO BETTER THAN ALWAYS SAYING THE SAME on val"),
        (0.8, 0.88, "WORSE THAN A BAG OF WORDS on val"),
        (0.8, 0.5, "NO BETTER THAN ALWAYS SAYING THE SAME on test, WORSE THAN A BAG OF WORDS on val"),
    ],
)
def test_the_verdict_names_the_gravest_failure_of_each_split(val: float, test: float, failures: str) -> None:
    metrics = _metrics(accuracy=test)
    metrics["splits"]["val"] = metrics["splits"]["test"] | {"accuracy": val}
    assert verdict(metrics) == f"{failures}: test accuracy {100 * test:.1f} %, bag of words 87.0 %"


def test_an_unfinished_run_has_its_best_epoch() -> None:
    text = errors(_config(), _info(), HISTORY, None)
    assert text == "Validation accuracy 88.5 % at epoch 1 (best of 2 finished; 10 were asked for)."


def test_a_run_without_mistakes_says_so() -> None:
    assert errors(_config(), _info(), HISTORY, _metrics()).endswith("No test review was classified wrong.")


def test_mistakes_are_listed_without_words_if_there_are_none() -> None:
    wrong = {"review": 3, "probability": 0.001, "label": 1, "text": ""}
    text = errors(_config(), _info(), HISTORY, _metrics(most_wrong=[wrong]))
    sure = "- review 3 is positive; the model is 99.90 % sure that it is negative: "
    assert text.endswith(f"{sure}(the run has no word index, so no words)")


def test_the_book_stands_beside_imdb_s_reviews() -> None:
    text = listing(_config("training.steps_per_epoch=157"), _info(), HISTORY)
    assert text == (
        "The book (listing 6.27): best validation accuracy 89.3 %, after the last epoch 87.6 %. "
        "This run: 88.5 % at epoch 1, 87.2 % after the last. "
        "Its reviews are not Keras's file byte for byte, and its validation reviews others than the book's."
    )
    genuine = listing(_config(), _info(edition="imdb.npz of Keras"), HISTORY)
    assert genuine.endswith("87.2 % after the last.")


def test_deviations_from_the_listing_are_named() -> None:
    text = listing(_config("model.units=64", "training.steps_per_epoch=5"), _info(), HISTORY)
    assert text.endswith("model.units 64 instead of 32, training.steps_per_epoch 5 instead of null.")


@pytest.mark.parametrize("info", [_info(made_up=True), _info(train=800, val=200, test=250)], ids=["made up", "others"])
def test_the_book_stands_beside_no_other_reviews(info: dict[str, Any]) -> None:
    assert listing(_config(), info, HISTORY) == ""


def test_a_listing_without_figures_and_an_experiment_of_ones_own_have_none() -> None:
    assert listing(_config("book={listing: '6.99'}"), _info(), HISTORY) == ""
    assert listing(_config("book=null"), _info(), HISTORY) == ""


def test_the_data_section_says_what_a_sample_is() -> None:
    assert "- 500 tokens each, of 10,000, reversed" in data(_config("words.reverse=true"), _info())
    bag = _config("words.encoding=bag", "model={name: dense}")
    assert "- which of 10,000 tokens occur" in data(bag, _info())
    assert data(_config(), _info(made_up=True))[0].startswith("- made-up reviews: nobody wrote them")
