"""Reviews in the layout of Keras's imdb.npz: x_train, y_train, x_test and y_test, each checked before it is used.

corpus = read_npz(Path("data/imdb.npz"), Path("data/imdb_word_index.json"))
len(corpus.train), len(corpus.test)      # 25000, 25000
"""

import io
import warnings
import zipfile
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DataError
from jena_rnn.base.messages import one_line, shortened
from jena_rnn.base.paths import read_given
from jena_rnn.reviews.corpus import NEGATIVE, POSITIVE, Corpus, Places, Reviews, Tokens
from jena_rnn.reviews.npy import Header, read_header
from jena_rnn.reviews.pickled import as_ranks, unpickled
from jena_rnn.reviews.word_index import parse_index
from jena_rnn.series.series import Source

EDITIONS = {"69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f": "imdb.npz of Keras"}
"""SHA-256 to name."""
LARGEST = 64 << 20
"""Bytes of a file; Keras's has 17 MB."""
LARGEST_PART = 64 << 20
"""Bytes of an array when inflated; Keras's have 14 MB."""
MOST_REVIEWS = 10_000_000
"""Of a part; IMDB's have 25,000."""
ENCRYPTED = 1
MATRIX = 2


def read_npz(path: Path, index: Path | None) -> Corpus:
    """Return the reviews in `path`, with the words of `index` if one is given.

    Raises DataError naming file, array and review for anything but lists of ranks and as many labels 0 or 1;
    FileError where a file cannot be read.
    """
    data = read_given(path)
    if len(data) > LARGEST:
        raise DataError(f"{path}: {len(data):,} bytes; expected reviews in at most {LARGEST:,}")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # whatever a damaged directory of a zip can trip over
        raise DataError(f"{path}: no zip archive, as an .npz is: {one_line(shortened(str(error)))}") from None
    with archive:
        (name, times), *_ = Counter(archive.namelist()).most_common(1) or [("", 0)]
        if times > 1:
            raise DataError(f"{path}: holds {one_line(shortened(name))} twice")
        train, test = (_reviews(archive, part, path) for part in ("train", "test"))
    said = read_given(index) if index is not None else b""
    words = parse_index(said, index) if index is not None else ()
    edition = EDITIONS.get(sha256(data).hexdigest(), "unknown")
    source = Source(str(path), sha256(data + said).hexdigest(), edition, notes=_notes(train, test, words))
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
    ranks, starts = _ranks(archive, f"x_{part}.npy", path)
    labels = _labels(archive, f"y_{part}.npy", path)
    if len(labels) != len(starts) - 1:
        raise DataError(f"{path}: y_{part}.npy: {len(labels):,} labels for {len(starts) - 1:,} reviews")
    return Reviews(ranks, starts, labels)


def _ranks(archive: zipfile.ZipFile, member: str, path: Path) -> tuple[Tokens, Places]:
    """Return the reviews of x_train or x_test one behind the other, and their starts."""
    place = f"{path}: {member}"
    header, body = _array(_inflated(archive, member, path), place)
    if not header.kind.hasobject:
        table = _plain(header, body, place)
        if table.ndim != MATRIX:
            raise DataError(f"{place}: expected a row of ranks for each review, got an array {header.shape}")
        starts = np.arange(len(table) + 1) * table.shape[1]
        return as_ranks(table.ravel(), starts, place), starts
    if header.kind != np.dtype(object) or len(header.shape) != 1:
        raise DataError(f"{place}: expected one list for each review, got an array {header.shape}")
    return unpickled(body, header.shape[0], place)


def _labels(archive: zipfile.ZipFile, member: str, path: Path) -> NDArray[np.int8]:
    """Return the labels of y_train or y_test, `(reviews,)` int8."""
    place = f"{path}: {member}"
    header, body = _array(_inflated(archive, member, path), place)
    found = _plain(header, body, place)
    if found.ndim != 1:
        raise DataError(f"{place}: expected one label for each review, got an array {header.shape}")
    wrong = (found != NEGATIVE) & (found != POSITIVE)
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(f"{place}: review {row:,}: expected a label 0 or 1, got {found[row]}")
    return found.astype(np.int8)


def _inflated(archive: zipfile.ZipFile, member: str, path: Path) -> bytes:
    """Return the bytes of one array's file, checked by its CRC."""
    place = f"{path}: {member}"
    try:
        found = archive.getinfo(member)
    except KeyError:
        raise DataError(f"{path}: no {member} in it; expected x_train, y_train, x_test and y_test, as Keras") from None
    if found.flag_bits & ENCRYPTED:
        raise DataError(f"{place}: encrypted; expected an archive without a password")
    if found.file_size > LARGEST_PART:  # no more than this is inflated
        raise DataError(f"{place}: {found.file_size:,} bytes when inflated; expected at most {LARGEST_PART:,}")
    if found.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:  # others inflate without a bound
        raise DataError(f"{place}: compressed in a way that NumPy does not use; save it with numpy.savez_compressed")
    try:
        with archive.open(found) as file:
            return file.read(found.file_size)
    except Exception as error:  # a damaged stream, a wrong CRC
        raise DataError(f"{place}: damaged: {one_line(shortened(str(error)))}") from None


def _array(data: bytes, place: str) -> tuple[Header, bytes]:
    """Return what the header of an array's file says, and the bytes behind it."""
    file = io.BytesIO(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of headers that Python 2 wrote
            header = read_header(file)
    except Exception as error:  # whatever NumPy's parser of headers trips over
        raise DataError(f"{place}: no header of an array: {one_line(shortened(str(error)))}") from None
    if any(type(length) is not int or length < 0 for length in header.shape):
        raise DataError(f"{place}: no header of an array: its shape is {header.shape}")
    return header, file.read()


def _plain(header: Header, body: bytes, place: str) -> NDArray[np.integer[Any]]:
    """Return an array of whole numbers; raises DataError for others, and where bytes are missing or too many."""
    shape, kind, columns_first = header
    if kind.kind not in "iu":
        raise DataError(f"{place}: expected whole numbers, got {one_line(shortened(str(kind)))}")
    if shape and shape[0] > MOST_REVIEWS:  # of no columns, they would take no bytes here, and many later
        raise DataError(f"{place}: {shape[0]:,} reviews; expected at most {MOST_REVIEWS:,}")
    size = kind.itemsize
    for length in shape:
        size *= length
    if len(body) != size:
        raise DataError(f"{place}: {len(body):,} bytes for an array {shape} of {kind}; expected {size:,}")
    return np.frombuffer(body, kind).reshape(shape, order="F" if columns_first else "C")
