import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.base.errors import DataError, FileError
from jena_rnn.layers.backend import keras
from jena_rnn.reviews.corpus import Corpus, Reviews
from jena_rnn.reviews.texts import COUNTED, ranks_of, read_folder, read_table, tokenise
from jena_rnn.reviews.word_index import read_index

REAL = os.environ.get("JENA_RNN_REAL_DATA")
INDEX = ("the", "film", "good", "bad")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {
        "train/pos/0_9.txt": "The film is good.",
        "train/pos/1_8.txt": "Good, GOOD film!",
        "train/neg/0_1.txt": "bad<br />bad",
        "test/pos/0_9.txt": "Isn't the film new?",
        "test/neg/0_2.txt": "",
        "train/unsup/0_0.txt": "unlabelled",
        "train/pos/.hidden.txt": "hidden",
        "train/pos/notes.md": "notes",
        "train/labeledBow.feat": "9 0:9",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def lists(reviews: Reviews | None) -> list[list[int]]:
    assert reviews is not None
    return [reviews.ranks[a:b].tolist() for a, b in zip(reviews.starts, reviews.starts[1:], strict=False)]


def labels(reviews: Reviews | None) -> list[int]:
    assert reviews is not None
    return reviews.labels.tolist()


def passed_over(folder: Path, things: str) -> str:
    return f"{folder / 'train' / 'pos'}: {things} not named .txt, which no review is read from"


def table(folder: Path, content: str | bytes, **columns: str) -> Corpus:
    path = folder / "x.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, INDEX, text=columns.get("text"), label=columns.get("label"))


def refused(folder: Path, content: str | bytes, **columns: str) -> str:
    with pytest.raises(DataError) as caught:
        table(folder, content, **columns)
    message = str(caught.value)
    assert message.isprintable()
    return message.removeprefix(f"{folder}/")


def test_words_are_cut_as_for_the_index_of_keras() -> None:
    assert tokenise("Isn't it GOOD?<br /><br />10/10, well-made…\n\tÇa va\r\n") == [
        *("isn't", "it", "good", "br", "br", "10", "10", "well", "made…", "ça", "va")
    ]
    assert tokenise(" \n!?") == []
    assert tokenise("that\x85 the\xa0film") == ["that\x85", "the\xa0film"]  # so they stand in the index


@given(st.text(st.characters(exclude_characters="\r", codec="utf-8") | st.sampled_from("aB '!<>/\t\n"), max_size=30))
def test_any_text_is_cut_as_keras_does(text: str) -> None:
    cut: Any = keras.src.legacy.preprocessing.text.text_to_word_sequence
    assert tokenise(text) == cut(text)


def test_new_texts_are_ranked_by_words_known_and_have_no_labels() -> None:
    found = ranks_of(["The film: awful!", "", "bad BAD"], INDEX)
    assert (lists(found), labels(found)) == ([[1, 2, 0], [], [4, 4]], [0, 0, 0])


def test_a_folder_is_read_in_order_of_names_pos_before_neg(folder: Path) -> None:
    corpus = read_folder(folder, INDEX)
    assert (lists(corpus.train), labels(corpus.train)) == ([[1, 2, 0, 3], [3, 3, 2], [4, 0, 4]], [1, 1, 0])
    assert (lists(corpus.test), labels(corpus.test)) == ([[0, 1, 2, 0], []], [1, 0])
    assert corpus.words == INDEX
    assert (corpus.source.name, corpus.source.edition) == (str(folder), "unknown")
    assert corpus.source.notes == (passed_over(folder, "1 thing"), "1 review has no words")


def test_without_an_index_words_are_counted_in_the_training_texts(folder: Path) -> None:
    corpus = read_folder(folder, None)
    assert corpus.words == ("good", "film", "bad", "the", "is", "br")
    assert lists(corpus.test) == [[0, 4, 2, 0], []]
    assert corpus.source.notes == (COUNTED[0], passed_over(folder, "1 thing"), "1 review has no words")


def test_a_folder_may_have_no_test_part_or_no_parts(folder: Path) -> None:
    inner = read_folder(folder / "train", INDEX)
    (folder / "test").rename(folder / "other")
    corpus = read_folder(folder, INDEX)
    assert corpus.test is inner.test is None
    assert lists(corpus.train) == lists(inner.train)


def test_texts_in_capitals_are_read_and_what_is_no_text_is_told(folder: Path) -> None:
    reviews = len(read_folder(folder, INDEX).train)
    (folder / "train" / "pos" / "9.TXT").write_text("good film")
    (folder / "train" / "pos" / "more").mkdir()
    (folder / "train" / "neg" / ".DS_Store").write_bytes(b"\0")
    corpus = read_folder(folder, INDEX)
    assert len(corpus.train) == reviews + 1
    assert corpus.source.notes == (passed_over(folder, "2 things"), "1 review has no words")


def test_a_folder_that_may_be_read_in_two_ways_is_refused(folder: Path) -> None:
    (folder / "neg").mkdir()
    with pytest.raises(DataError, match=f"^{folder / 'neg'}: expected either train and test, or pos and neg"):
        read_folder(folder, None)
    (folder / "train" / "test").mkdir()
    with pytest.raises(DataError, match=f"^{folder / 'train' / 'test'}: expected either train and test"):
        read_folder(folder / "train", None)


def test_the_fingerprint_of_a_folder_follows_its_names_and_bytes_and_the_index(folder: Path) -> None:
    prints = [read_folder(folder, INDEX).source.sha256, read_folder(folder, None).source.sha256]
    (folder / "train/pos/0_9.txt").rename(folder / "train/pos/0_8.txt")
    prints.append(read_folder(folder, INDEX).source.sha256)
    (folder / "test/neg/0_2.txt").write_text("x")
    prints.append(read_folder(folder, INDEX).source.sha256)
    assert len(set(prints)) == 4
    assert read_folder(folder, INDEX).source.sha256 == prints[-1]


@pytest.mark.parametrize("part", ["train", "test"])
def test_what_is_no_folder_in_the_place_of_a_part_is_refused(tmp_path: Path, part: str) -> None:
    for kind in ("pos", "neg", "train/pos", "train/neg"):
        if not (part == "train" and kind.startswith(part)):
            (tmp_path / kind).mkdir(parents=True)
            (tmp_path / kind / "1.txt").write_text(kind)
    (tmp_path / part).symlink_to(tmp_path / "nowhere")
    with pytest.raises(
        DataError, match=rf"{part}: expected a folder of pos and neg; move what is there out of the way"
    ):
        read_folder(tmp_path, None)


def test_folders_without_texts_are_refused_by_name(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(DataError, match="expected folders train/pos and train/neg, or pos and neg"):
        read_folder(tmp_path_factory.mktemp("empty"), None)
    for text in (folder / "test/neg").iterdir():
        text.unlink()
    with pytest.raises(DataError, match=r"test/neg: no \.txt files in it"):
        read_folder(folder, None)
    (folder / "test/neg").rmdir()
    with pytest.raises(DataError, match="test/neg: no such folder"):
        read_folder(folder, None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"good\n\nr\xe9sum\xe9", "0_9.txt:3: not UTF-8, in which texts are expected; iconv -t UTF-8 converts it"),
        (b"good\n\x00", "0_9.txt:2: holds a NUL byte; expected text"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(folder: Path, data: bytes, message: str) -> None:
    (folder / "train/pos/0_9.txt").write_bytes(data)
    with pytest.raises(DataError) as caught:
        read_folder(folder, None)
    assert str(caught.value) == f"{folder}/train/pos/{message}"


def test_a_name_of_several_lines_is_refused_and_not_obeyed(folder: Path) -> None:
    (folder / "train" / "neg" / "1\nall is well\n.txt").write_text("bad")
    with pytest.raises(
        DataError, match=r"train/neg: expected names of files in one line, got 1\\nall is well\\n\.txt$"
    ):
        read_folder(folder, None)


def test_a_text_that_cannot_be_read_is_told_by_name(folder: Path) -> None:
    (folder / "train/pos/9.txt").symlink_to("nowhere")
    with pytest.raises(FileError, match=r"train/pos/9\.txt: cannot be read: No such file"):
        read_folder(folder, None)


def test_a_table_of_reviews_and_sentiments_is_read(tmp_path: Path) -> None:
    corpus = table(tmp_path, 'review,sentiment\n"The ""film"",<br /><br />\ngood",positive\nbad,negative\n')
    assert (lists(corpus.train), labels(corpus.train), corpus.test) == ([[1, 2, 0, 0, 3], [4]], [1, 0], None)
    data = (tmp_path / "x.csv").read_bytes()
    assert corpus.source.sha256 == hashlib.sha256(data + b"the\nfilm\ngood\nbad").hexdigest()
    assert (corpus.source.name, corpus.source.edition, corpus.source.made_up) == (f"{tmp_path}/x.csv", "unknown", False)
    assert corpus.source.notes == ()


def test_without_an_index_all_rows_of_a_table_are_counted(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("text,label\nb a,1\na,0\n")
    corpus = read_table(tmp_path / "x.csv", None)
    assert (corpus.words, lists(corpus.train)) == (("a", "b"), [[2, 1], [1]])
    assert corpus.source.notes == (COUNTED[0],)


@pytest.mark.parametrize(
    "text",
    [
        "text,label\ngood,1\nbad,0\n",
        "\ufefflabel,text\n1,good\n0,bad\n",
        "Label,TEXT\n POS ,good\nneg,bad\n",
        "opinion,verdict\ngood,Positive\nbad,NEGATIVE\n",
        "verdict,opinion\n1,good\n0,bad\n",
        "verdict,review\n1,good\n0,bad\n",
        "opinion,class\r\ngood,1\r\nbad,0\r\n",
        "id,review,file,sentiment\n1,good,x,1\n0,bad,y,0\n",
        "# made-up reviews: of a test\ntext,label\ngood,1\nbad,0\n",
    ],
)
def test_columns_are_told_by_usual_names_or_by_their_cells(tmp_path: Path, text: str) -> None:
    corpus = table(tmp_path, text)
    assert (lists(corpus.train), labels(corpus.train)) == ([[3], [4]], [1, 0])
    assert corpus.source.made_up == text.startswith("#")


@pytest.mark.parametrize("header", ["text,review,label", "Text,text,label", "text,label,Label"])
def test_of_two_columns_with_usual_names_none_is_guessed(tmp_path: Path, header: str) -> None:
    named = header.replace(",", ", ")
    expected = f"x.csv:1: which columns have texts and labels? data.text and data.label name two of: {named}"
    assert refused(tmp_path, f"{header}\ngood,1,0\n") == expected


def test_columns_that_are_named_are_taken(tmp_path: Path) -> None:
    text = "text,other,label,mine\nbad,good,1,0\n"
    found = table(tmp_path, text, text="other", label="mine").train
    assert (lists(found), labels(found)) == ([[3]], [0])
    found = table(tmp_path, text, text="other").train
    assert (lists(found), labels(found)) == ([[3]], [1])


def test_an_empty_text_stays_and_is_told(tmp_path: Path) -> None:
    corpus = table(tmp_path, "text,label\n,1\n!,0\nbad,0\n")
    assert lists(corpus.train) == [[], [], [4]]
    assert corpus.source.notes == ("2 reviews have no words",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'text,label\n"a\nb",1\nc,2\n',
            "x.csv:4: 'label': expected a label 0 or 1, neg or pos, negative or positive, got '2'",
        ),
        (
            "text,label\na,\x1b\n",
            r"x.csv:2: 'label': expected a label 0 or 1, neg or pos, negative or positive, got '\x1b'",
        ),
        (
            "x,y\na,b\n",
            "x.csv:1: which columns have texts and labels? data.text and data.label name two of: x, y",
        ),
        ("great film,1\nbad film,0\n", "x.csv:1: expected the names of columns, got the label '1'"),
        (
            "x,y\n0,1\n",
            "x.csv:1: which columns have texts and labels? data.text and data.label name two of: x, y",
        ),
        (
            "x,y,label\na,b,0\n",
            "x.csv:1: which columns have texts and labels? data.text and data.label name two of: x, y, label",
        ),
        ("", "x.csv: the file is empty; expected a header line and rows"),
        ("# made-up reviews\n", "x.csv: the file is empty; expected a header line and rows"),
        ("# made-up reviews\ntext,label\na,1\nb\n", "x.csv:4: expected 2 cells, as in the header, got 1 cell"),
        (b"text,label\n\xff,1\n", "x.csv:2: not UTF-8, in which texts are expected; iconv -t UTF-8 converts it"),
        (b"text,label\na,1\n\0,1\n", "x.csv:3: holds a NUL byte; expected text"),
        (b'text,label\n"a\rb",1\n\0,1\n', "x.csv:3: holds a NUL byte; expected text"),
        (b"text,label\ra,1\r\0,1\r", "x.csv:3: holds a NUL byte; expected text"),
        (b"text,label\ra,1\r\xff,1\r", "x.csv:3: not UTF-8"),
    ],
)
def test_what_is_no_table_of_reviews_is_refused_with_its_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert refused(tmp_path, text).startswith(message)


def test_one_column_for_both_is_refused(tmp_path: Path) -> None:
    assert "which columns have texts" in refused(tmp_path, "text,label\n0,1\n", text="text", label="text")
    assert "no column 'txt'; it has: text, label; did you mean 'text'?" in refused(
        tmp_path, "text,label\n0,1\n", text="txt"
    )


def test_a_table_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"x\.csv: cannot be read: No such file"):
        read_table(tmp_path / "x.csv", None)


@pytest.mark.skipif(REAL is None, reason="JENA_RNN_REAL_DATA is not set: no real index to rank by")
def test_words_of_the_real_index_are_cut_as_it_was_made() -> None:
    words = read_index(Path(REAL or "") / "imdb_word_index.json")
    started = time.perf_counter()
    found = ranks_of(words, words)
    assert time.perf_counter() - started < 10
    whole = [rank == [place] for place, rank in enumerate(lists(found), 1)]
    assert len(whole) - sum(whole) < 20
