"""Reviews in the layout of Keras's imdb.npz: x_train, y_train, x_test and y_test.

The reviews are pickled lists, and a pickle can run any code when NumPy loads it. Here it is loaded by an unpickler that
knows only the names that an array of lists needs, and refuses every other one.

    corpus = read_npz(Path("data/imdb.npz"), Path("data/imdb_word_index.json"))
    len(corpus.train), len(corpus.test)      # 25000, 25000
"""

import io
import pickle
import zipfile
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from jena_rnn.base.errors import DataError
from jena_rnn.base.messages import one_line, shortened
from jena_rnn.base.paths import read_given
from jena_rnn.reviews.corpus import NEGATIVE, POSITIVE, Corpus, Places, Reviews, Tokens
from jena_rnn.reviews.word_index import parse_index
from jena_rnn.series.series import Source

EDITIONS = {"69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f": "imdb.npz of Keras"}
"""SHA-256 to name."""
LARGEST = 64 << 20
"""Bytes of the file, and of one array in it; Keras's has 17 MB, and its arrays 14 MB."""
LARGEST_RANK = 2**31 - 1
ALLOWED = {"_reconstruct": lambda *_: np.empty(0, object), "ndarray": None, "dtype": np.dtype}
"""What an object array in a pickle may ask for, by its name in NumPy; none of it can make room for a huge array."""


def read_npz(path: Path, index: Path | None) -> Corpus:
    """Return the reviews in `path`, with the words of `index` if one is given.

    Raises DataError, naming file, array and review, for anything but lists of ranks and as many labels 0 or 1;
    FileError if a file cannot be read.
    """
    data = read_given(path)
    if len(data) > LARGEST:
        raise DataError(f"{path}: {len(data):,} bytes; expected reviews in at most {LARGEST:,}")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # a damaged zip raises a dozen kinds
        raise DataError(f"{path}: no zip archive, as an .npz is: {_said(error)}") from None
    with archive:
        train, test = (_reviews(archive, part, path) for part in ("train", "test"))
    index_bytes = read_given(index) if index is not None else b""
    words = parse_index(index_bytes, index) if index is not None else ()
    edition = EDITIONS.get(sha256(data).hexdigest(), "unknown")
    source = Source(str(path), sha256(data + index_bytes).hexdigest(), edition, notes=_notes(train, test, words))
    return Corpus(train, test, words, source)


def _notes(train: Reviews, test: Reviews, words: tuple[str, ...]) -> tuple[str, ...]:
    notes = []
    if len(train) > 1 and (np.diff(train.labels) != 0).sum() <= 1:
        notes.append("the training reviews stand in the order of their labels")
    highest = max(int(part.ranks.max(initial=0)) for part in (train, test))
    if words and highest > len(words):
        notes.append(f"ranks go up to {highest:,}, but the word index ends at {len(words):,}")
    return tuple(notes)


def _reviews(archive: zipfile.ZipFile, part: str, path: Path) -> Reviews:
    place = f"{path}: x_{part}.npy"
    rows, labels = _array(archive, f"x_{part}.npy", path), _array(archive, f"y_{part}.npy", path)
    ranks, starts = _flat(rows, place)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(labels) != len(rows):
        raise DataError(f"{path}: y_{part}.npy: expected {len(rows):,} labels, got {labels.shape} {labels.dtype}")
    wrong = (labels != NEGATIVE) & (labels != POSITIVE)
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(f"{path}: y_{part}.npy: review {row:,}: expected a label 0 or 1, got {labels[row]}")
    return Reviews(ranks, starts, labels.astype(np.int8))


def _array(archive: zipfile.ZipFile, member: str, path: Path) -> NDArray[Any]:
    """Return one array of the archive; raises DataError for a missing, damaged, huge or untrusted one."""
    place = f"{path}: {member}"
    try:
        size = archive.getinfo(member).file_size
    except KeyError:
        raise DataError(f"{path}: no {member} in it; expected x_train, y_train, x_test and y_test, as Keras") from None
    if size > LARGEST:
        raise DataError(f"{place}: {size:,} bytes when inflated; expected at most {LARGEST:,}")
    try:
        file = io.BytesIO(archive.read(member))
        header = npy.read_array_header_1_0 if npy.read_magic(file) == (1, 0) else npy.read_array_header_2_0
        _, _, kind = header(file)
        if not kind.hasobject:
            file.seek(0)
            return np.asarray(np.load(file, allow_pickle=False))
        return np.asarray(_OnlyArrays(file, place).load())
    except (DataError, MemoryError):
        raise
    except Exception as error:  # a damaged stream, header or pickle raises anything
        raise DataError(f"{place}: damaged: {_said(error)}") from None


class _OnlyArrays(pickle.Unpickler):
    """Loads arrays of lists, and refuses a pickle that asks for anything else."""

    def __init__(self, file: io.BytesIO, place: str) -> None:
        super().__init__(file, encoding="latin-1")
        self.place = place

    def find_class(self, module: str, name: str, /) -> Any:
        """Return what an array of lists needs; raises DataError for any other name, which is not looked up."""
        if module in {"numpy", "numpy.core.multiarray", "numpy._core.multiarray"} and name in ALLOWED:
            return ALLOWED[name]
        asked = one_line(shortened(f"{module}.{name}"))
        raise DataError(f"{self.place}: asks for {asked}, which no list of numbers needs; nothing of it was run")


def _flat(rows: NDArray[Any], place: str) -> tuple[Tokens, Places]:
    """Return the rows one behind the other, `(words,)` int32, and their starts, `(rows + 1,)` int64."""
    lists = rows.tolist()
    for number, row in enumerate(lists if isinstance(lists, list) else [lists]):
        if not isinstance(row, list) or not set(map(type, row)) <= {int}:
            raise DataError(f"{place}: review {number:,}: expected a list of whole numbers, got {_kind(row)}")
    starts = np.concatenate(([0], np.cumsum(np.fromiter(map(len, lists), np.int64, len(lists)))))
    try:
        numbers = np.fromiter(chain.from_iterable(lists), np.int64, int(starts[-1]))
        outside = (numbers < 1) | (numbers > LARGEST_RANK)
    except OverflowError:
        raise DataError(f"{place}: expected ranks from 1 to {LARGEST_RANK}, got a larger one") from None
    if outside.any():
        at = int(outside.argmax())
        number = int(np.searchsorted(starts, at, side="right")) - 1
        raise DataError(f"{place}: review {number:,}: expected ranks from 1 to {LARGEST_RANK}, got {numbers[at]}")
    return numbers.astype(np.int32), starts


def _kind(row: object) -> str:
    if not isinstance(row, list):
        return f"a {type(row).__name__}"
    return f"a {next(type(each).__name__ for each in row if type(each) is not int)} in it"


def _said(error: Exception) -> str:
    return one_line(shortened(str(error))) or type(error).__name__
