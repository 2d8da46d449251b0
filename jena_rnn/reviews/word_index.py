"""The word index of a set of reviews: the rank of each word, as in Keras's imdb_word_index.json.

words = read_index(Path("data/imdb_word_index.json"))
words[0]                                 # 'the', the commonest, of rank 1
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from jena_rnn.base.errors import DataError, NoDataError
from jena_rnn.base.messages import one_line, shortened
from jena_rnn.base.paths import read_given

LARGEST = 64 << 20
"""Bytes of an index; Keras's has 1.6 MB."""


def read_index(path: Path) -> tuple[str, ...]:
    """Return the words by rank; raises as `parse_index`, and NoDataError or FileError if the file cannot be read."""
    if not path.exists():
        raise NoDataError(f"{path}: no such file; scripts/download_imdb.sh gets the word index")
    return parse_index(read_given(path), path)


def parse_index(data: bytes, path: Path) -> tuple[str, ...]:
    """Return the words by rank from a JSON object that gives each word its rank.

    Raises DataError, naming `path`, unless the ranks are 1, 2, 3 and so on, each once, and no word occurs twice.
    """
    if len(data) > LARGEST:
        raise DataError(f"{path}: {len(data):,} bytes are more than any word index; expected at most {LARGEST:,}")
    try:
        pairs = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_Pairs, parse_constant=_no_rank)
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8; expected a word index in JSON") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: no word index in JSON: {one_line(shortened(str(error)))}") from None
    if not isinstance(pairs, _Pairs) or not pairs:
        raise DataError(f'{path}: expected a JSON object of words and ranks, as in {{"the": 1, "and": 2}}')
    words: list[str | None] = [None] * len(pairs)
    for word, rank in pairs:
        if type(rank) is not int or not 1 <= rank <= len(pairs):
            wrong = f"expected a rank from 1 to {len(pairs):,}, got {one_line(shortened(repr(rank)))}"
            raise DataError(f"{path}: {_quoted(word)}: {wrong}")
        if (other := words[rank - 1]) is not None:
            raise DataError(f"{path}: {_quoted(word)} and {_quoted(other)} both have rank {rank}")
        words[rank - 1] = word
    return _checked(tuple(word for word in words if word is not None), path)


class _Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, including repeated keys."""


def _no_rank(word: str) -> NoReturn:
    raise ValueError(f"expected whole numbers, got {word}")


def _checked(words: tuple[str, ...], path: Path) -> tuple[str, ...]:
    """Return `words`; raises DataError if one occurs twice."""
    if len(set(words)) < len(words):
        twice = Counter(words).most_common(1)[0][0]
        raise DataError(f"{path}: {_quoted(twice)} stands twice")
    return words


def _quoted(word: str) -> str:
    return repr(shortened(word))
