import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.reviews.tally import Tally


def tallied(*texts: str) -> Tally:
    tally = Tally()
    for number, text in enumerate(texts):
        tally.add(text.split(), number % 2)
    return tally


def test_the_commonest_word_comes_first_and_of_words_as_common_the_first_seen() -> None:
    assert tallied("b a a c", "d c").common(2) == ("a", "c", "b", "d")


def test_only_the_first_texts_are_counted() -> None:
    tally = tallied("b a", "a c c c")
    assert tally.common(1) == ("b", "a")
    assert tally.common(2) == ("c", "a", "b")
    assert tally.common(0) == ()


def test_ranks_are_those_of_the_words_given_and_0_for_others() -> None:
    found = tallied("b a", "", "a c c").reviews(0, 3, ("a", "x", "b"))
    assert found.ranks.tolist() == [3, 1, 1, 0, 0]
    assert found.starts.tolist() == [0, 2, 2, 5]
    assert found.labels.tolist() == [0, 1, 0]


def test_a_part_of_the_texts_begins_anew() -> None:
    found = tallied("b a", "c", "a c").reviews(1, 3, ("a", "b", "c"))
    assert (found.ranks.tolist(), found.starts.tolist(), found.labels.tolist()) == ([3, 1, 3], [0, 1, 3], [1, 0])


def test_capitals_of_an_index_are_no_other_words_and_the_commoner_counts() -> None:
    assert tallied("ángela ça").reviews(0, 1, ("Ángela", "ça", "Ça", "ángela")).ranks.tolist() == [1, 2]


def test_no_texts_and_texts_without_words_are_counted_too() -> None:
    assert len(Tally().reviews(0, 0, ("a",))) == 0
    assert Tally().common(0) == ()
    assert Tally().empty == 0
    tally = tallied("", "a", "")
    assert (len(tally), tally.empty) == (3, 2)
    assert tallied("", "").reviews(0, 2, ()).starts.tolist() == [0, 0, 0]


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=6))
def test_words_come_back_from_their_ranks(texts: list[list[str]]) -> None:
    tally = tallied(*map(" ".join, texts))
    words = tally.common(len(texts))
    found = tally.reviews(0, len(texts), words)
    assert [words[rank - 1] for rank in found.ranks.tolist()] == [word for text in texts for word in text]
    assert (np.diff(np.bincount(found.ranks, minlength=1)[1:]) <= 0).all()
