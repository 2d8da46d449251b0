import io
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jena_rnn.base.errors import ConfigError
from jena_rnn.reviews.corpus import MADE_UP, Corpus, Reviews, decode, encode
from jena_rnn.reviews.phrases import LISTS
from jena_rnn.reviews.sample import simulate, write_table
from jena_rnn.reviews.texts import read_table, tokenise

GOOD, BAD = set(LISTS["GOOD"].split()), set(LISTS["BAD"].split())
VERDICTS = {"overall", "verdict", "all", "end"}
Features = Callable[[list[str]], list[str]]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return simulate()


def texts(part: Reviews | None, words: tuple[str, ...]) -> list[list[str]]:
    assert part is not None
    tokens = encode(part, len(words) + 4)
    ends = zip(tokens.starts, tokens.starts[1:], strict=False)
    return [decode(tokens.tokens[a:b].tolist(), words).split() for a, b in ends]


def accuracy(corpus: Corpus, features: Features) -> float:
    """Return how many labels of the test part naive Bayes tells from `features` of the training part."""
    assert corpus.test is not None
    counts: list[Counter[str]] = [Counter(), Counter()]
    for text, label in zip(texts(corpus.train, corpus.words), corpus.train.labels.tolist(), strict=True):
        counts[label].update(features(text))
    seen = counts[0].keys() | counts[1].keys()
    totals = [sum(count.values()) + len(seen) for count in counts]
    weight = {word: math.log((counts[1][word] + 1) / totals[1] * totals[0] / (counts[0][word] + 1)) for word in seen}
    scores = [sum(weight.get(word, 0) for word in features(text)) for text in texts(corpus.test, corpus.words)]
    return float(((np.array(scores) > 0) == corpus.test.labels).mean())


def in_order(text: list[str]) -> list[str]:
    """Return what a reader makes of a review: its verdict if it has one, else each opinion, negations turned over."""
    if VERDICTS & set(text[-13:]) and (last := [word for word in text[-2:] if word in GOOD | BAD]):
        return [f"verdict {last[0] in GOOD}"]
    said = [
        (word in GOOD) != bool({"not", "never"} & set(text[max(0, at - 7) : at]))
        for at, word in enumerate(text)
        if word in GOOD | BAD
    ]
    return [f"opinion {good}" for good in said]


def test_the_same_seed_gives_the_same_reviews_for_ever() -> None:
    made = simulate(100)
    assert made.source.sha256 == "dc6b21329ae236365742aeabefe748adc8c819eb0d12922eebdb9933e9dbfbd8"
    assert " ".join(texts(made.train, made.words)[2]) == (
        "the dialogue is not really clever i thought that the story was flat the acting was weak the script was "
        "ridiculous it has a cheap finale what a predictable humour what a pointless humour then the war "
        "comes and henry leaves the widow"
    )
    assert made.train.labels[:10].tolist() == [1, 0, 0, 1, 0, 1, 0, 0, 0, 0]


def test_another_seed_gives_other_reviews() -> None:
    assert simulate(10, seed=7).source.sha256 != simulate(10, seed=2**64 - 1).source.sha256


def test_a_review_depends_on_its_number_alone() -> None:
    few, more = simulate(20), simulate(60)
    assert texts(few.train, few.words) + texts(few.test, few.words) == texts(more.train, more.words)[:20]


def test_the_source_says_that_they_are_made_up(corpus: Corpus) -> None:
    assert corpus.source.made_up
    assert corpus.source.name == corpus.source.edition == MADE_UP
    assert corpus.source.notes == ("put together by a program, not written (reviews 6000, seed 0)",)


def test_half_of_them_are_to_train_with_and_labels_are_about_balanced(corpus: Corpus) -> None:
    assert corpus.test is not None
    assert len(corpus.train) == len(corpus.test) == 3000
    assert 0.47 < corpus.train.labels.mean() < 0.53
    assert [len(part or "") for part in (simulate(3).train, simulate(3).test)] == [1, 2]


def test_every_word_has_a_rank_by_how_often_it_is_in_the_training_texts(corpus: Corpus) -> None:
    assert corpus.test is not None
    assert min(corpus.train.ranks.min(), corpus.test.ranks.min()) == 1
    assert max(corpus.train.ranks.max(), corpus.test.ranks.max()) == len(corpus.words)
    counts = np.bincount(corpus.train.ranks, minlength=len(corpus.words) + 1)[1:]
    assert (np.diff(counts) <= 0).all()
    assert counts[0] > 20 * counts[99] > 50 * counts[999] > 0  # few common words, and many rare ones
    assert 1000 < len(corpus.words) < 10_000


def test_lengths_are_spread_as_those_of_reviews_are(corpus: Corpus) -> None:
    lengths = corpus.train.lengths
    assert 30 <= lengths.min() < 60
    assert 100 < np.median(lengths) < 170
    assert 0.01 < (lengths > 500).mean() < 0.06


def test_words_tell_most_labels_and_their_order_tells_more(corpus: Corpus) -> None:
    counting, reading = accuracy(corpus, lambda text: text), accuracy(corpus, in_order)
    assert 0.80 < counting < 0.86
    assert 0.78 < accuracy(corpus, lambda text: sorted(set(text))) < counting
    assert counting + 0.08 < reading < 0.985  # some labels are wrong


def test_a_table_of_them_is_read_back(tmp_path: Path) -> None:
    made, path = simulate(40), tmp_path / "reviews.csv"
    with path.open("wb") as file:
        write_table(made, file)
    read = read_table(path, made.words)
    assert texts(read.train, read.words) == texts(made.train, made.words) + texts(made.test, made.words)
    assert made.test is not None
    assert read.train.labels.tolist() == made.train.labels.tolist() + made.test.labels.tolist()
    assert (read.test, read.source.made_up, read.source.edition) == (None, True, MADE_UP)
    assert read.source.name == f"{MADE_UP} ({path})"


def test_the_table_says_in_its_first_line_that_it_is_made_up() -> None:
    file = io.BytesIO()
    write_table(simulate(2), file)
    lines = file.getvalue().decode().splitlines()
    assert lines[:2] == ["# made-up reviews: put together by a program, not written (reviews 2, seed 0)", "text,label"]
    assert len(lines) == 4
    assert lines[2][-2:] in {",0", ",1"}
    assert lines[2].count(",") == 1


def test_reviews_that_people_wrote_are_not_written_as_made_up() -> None:
    made = simulate(2)
    with pytest.raises(ValueError, match=r"imdb\.npz was written by people"):
        write_table(replace(made, source=replace(made.source, name="imdb.npz", made_up=False)), io.BytesIO())


def test_the_sentences_are_words_as_texts_are_cut_into() -> None:
    for sentence in LISTS.values():
        assert tokenise(sentence) == sentence.split()
    assert not GOOD & BAD


@pytest.mark.parametrize("reviews", [-1, 0, 1, 200_001])
def test_too_few_reviews_and_far_too_many_are_refused(reviews: int) -> None:
    with pytest.raises(ConfigError, match=f"at least 2 and at most 200,000, got {reviews}"):
        simulate(reviews)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_beyond_64_bits_is_refused(seed: int) -> None:
    with pytest.raises(ConfigError, match=f"seed from 0 to .*, got {seed}"):
        simulate(2, seed)
