import json
import os
from pathlib import Path

import pytest

from jena_rnn.base.errors import DataError, FileError, NoDataError
from jena_rnn.reviews import word_index
from jena_rnn.reviews.word_index import parse_index, read_index

REAL = os.environ.get("JENA_RNN_REAL_DATA")
PATH = Path("index.json")


def refused(text: str | bytes) -> str:
    with pytest.raises(DataError) as caught:
        parse_index(text.encode() if isinstance(text, str) else text, PATH)
    message = str(caught.value)
    assert message.startswith("index.json: ")
    assert message.isprintable()
    assert len(message) < 250
    return message.removeprefix("index.json: ")


def test_words_come_by_rank() -> None:
    assert parse_index(b'{"film": 2, "the": 1, "b\\u00eate": 3}', PATH) == ("the", "film", "bête")
    assert parse_index(b'\xef\xbb\xbf{"the": 1}', PATH) == ("the",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "b": 3}', "'b': expected a rank from 1 to 2, got 3"),
        ('{"a": 0, "b": 1}', "'a': expected a rank from 1 to 2, got 0"),
        ('{"a": -1}', "'a': expected a rank from 1 to 1, got -1"),
        ('{"a": 1.0}', "'a': expected a rank from 1 to 1, got 1.0"),
        ('{"a": true}', "'a': expected a rank from 1 to 1, got True"),
        ('{"a": "1"}', "'a': expected a rank from 1 to 1, got '1'"),
        ('{"a": {"b": 1}}', "'a': expected a rank from 1 to 1, got [('b', 1)]"),
        ('{"a": 1, "b": 1}', "'b' and 'a' both have rank 1"),
        ('{"a": 1, "b": 3, "a": 2}', "'a' stands twice"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ('{"a": NaN}', "no word index in JSON: expected whole numbers, got NaN"),
        ('{"a": -Infinity}', "no word index in JSON: expected whole numbers, got -Infinity"),
        ('{"\\u001b[31m": 5}', r"'\x1b[31m': expected a rank from 1 to 1, got 5"),
        ("{}", 'expected a JSON object of words and ranks, as in {"the": 1, "and": 2}'),
        ('["a"]', 'expected a JSON object of words and ranks, as in {"the": 1, "and": 2}'),
        ("", "no word index in JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"a": 1', "no word index in JSON: Expecting ',' delimiter: line 1 column 8 (char 7)"),
        ("[" * 100_000, "no word index in JSON: "),
        ('{"a": ' + "9" * 5000 + "}", "no word index in JSON: "),
        (b'{"\xff": 1}', "not UTF-8; expected a word index in JSON"),
    ],
)
def test_what_is_no_index_is_refused(text: str | bytes, message: str) -> None:
    found = refused(text)
    assert found.startswith(message) if message.endswith(" ") else found == message


def test_a_word_that_stands_twice_with_ranks_that_fit_is_refused() -> None:
    assert refused('{"a": 1, "b": 2, "a": 3}') == "'a' stands twice"


def test_an_index_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_index, "LARGEST", 7)
    assert refused('{"a": 1}') == "8 bytes are more than any word index; expected at most 7"


def test_a_missing_index_and_one_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match=r"none\.json: no such file; scripts/download_imdb\.sh gets"):
        read_index(tmp_path / "none.json")
    with pytest.raises(FileError, match="cannot be read: Not a regular file"):
        read_index(tmp_path)
    (tmp_path / "index.json").write_text(json.dumps({"the": 1}))
    assert read_index(tmp_path / "index.json") == ("the",)


@pytest.mark.skipif(REAL is None, reason="JENA_RNN_REAL_DATA is not set: no real index to read")
def test_the_real_index_is_read() -> None:
    words = read_index(Path(REAL or "") / "imdb_word_index.json")
    assert len(words) == 88_584
    assert words[:8] == ("the", "and", "a", "of", "to", "is", "br", "in")
