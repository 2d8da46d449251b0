import hashlib
import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jena_rnn.base.errors import DataError, FileError
from jena_rnn.reviews import npz
from jena_rnn.reviews.corpus import decode, encode
from jena_rnn.reviews.npz import read_npz

REAL = os.environ.get("JENA_RNN_REAL_DATA")
X = [[1, 2, 3], [4], []]
WORDS = ["the", "film", "was", "good"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reviews.npz"


def ragged(rows: list[Any]) -> "np.ndarray[Any, Any]":
    made = np.empty(len(rows), object)
    made[:] = rows
    return made


def parts(**changed: Any) -> dict[str, Any]:
    """Return the arrays of a small file in Keras's layout; what is None is left out."""
    whole = {
        "x_train": ragged(X),
        "y_train": np.array([0, 1, 0]),
        "x_test": ragged([[5, 6]]),
        "y_test": np.array([1]),
    }
    return {name: array for name, array in (whole | changed).items() if array is not None}


def as_npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def write(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)


def members(**changed: Any) -> dict[str, bytes]:
    return {name: array if isinstance(array, bytes) else as_npy(array) for name, array in parts(**changed).items()}


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_npz(path, None)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_saves_comes_back(path: Path, save: Any) -> None:
    save(path, **parts())
    corpus = read_npz(path, None)
    assert corpus.test is not None
    assert corpus.train.ranks.tolist() == [1, 2, 3, 4]
    assert corpus.train.starts.tolist() == [0, 3, 4, 4]
    assert corpus.train.labels.tolist() == [0, 1, 0]
    assert (corpus.test.ranks.tolist(), corpus.test.labels.tolist()) == ([5, 6], [1])
    assert corpus.words == ()
    assert (corpus.source.name, corpus.source.edition, corpus.source.made_up) == (str(path), "unknown", False)
    assert corpus.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert corpus.source.notes == ()


def test_the_index_gives_the_words_and_is_part_of_the_fingerprint(path: Path) -> None:
    np.savez(path, **parts())
    index = path.with_suffix(".json")
    index.write_text(json.dumps({word: rank for rank, word in enumerate(WORDS, 1)}))
    corpus = read_npz(path, index)
    assert corpus.words == tuple(WORDS)
    assert corpus.source.sha256 == hashlib.sha256(path.read_bytes() + index.read_bytes()).hexdigest()
    assert corpus.source.notes == ("ranks go up to 6, but the word index ends at 4",)


def test_reviews_in_the_order_of_their_labels_are_told(path: Path) -> None:
    np.savez(path, **parts(y_train=np.array([1, 0, 0])))
    assert read_npz(path, None).source.notes == ("the training reviews stand in the order of their labels",)


def test_the_genuine_file_is_known_by_its_fingerprint(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez(path, **parts())
    monkeypatch.setattr(npz, "EDITIONS", {hashlib.sha256(path.read_bytes()).hexdigest(): "imdb.npz of Keras"})
    assert read_npz(path, None).source.edition == "imdb.npz of Keras"


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["<i8", ">i4", "u1"])
def test_plain_rows_of_one_length_need_no_pickle(path: Path, order: Any, kind: str) -> None:
    np.savez(path, **parts(x_train=np.array([[1, 2], [3, 4], [5, 6]], kind, order=order)))
    train = read_npz(path, None).train
    assert (train.ranks.tolist(), train.starts.tolist()) == ([1, 2, 3, 4, 5, 6], [0, 2, 4, 6])


class Payload:
    """Runs a command when NumPy loads it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.trace}",)


@pytest.mark.parametrize("part", ["x_test", "y_train"])
def test_a_pickle_that_asks_for_code_is_refused_and_does_not_run(path: Path, part: str) -> None:
    trace = path.with_name("trace")
    np.savez(path, **parts(**{part: ragged([Payload(trace)] * 3)}))
    expected = f"{part}.npy: asks for posix.system, which no list of numbers needs; nothing of it was run"
    assert refused(path) == expected
    assert not trace.exists()


def test_a_pickle_cannot_use_other_names_of_numpy(path: Path) -> None:
    loads = pickle.dumps(np.load)
    array = as_npy(ragged([[1]]))
    header = array[: array.index(b"\n") + 1]
    write(path, members(x_test=header + loads))
    assert "asks for numpy" in refused(path)


class Huge:
    """Asks NumPy for an array of a terabyte."""

    def __reduce__(self) -> Any:
        return np.ndarray, ((2**37,),)


def test_a_pickle_cannot_make_room_for_a_huge_array(path: Path) -> None:
    array = as_npy(ragged([[1]]))
    header = array[: array.index(b"\n") + 1]
    write(path, members(x_test=header + pickle.dumps(Huge())))
    assert refused(path).startswith("x_test.npy: damaged: ")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x_test": None}, "no x_test.npy in it; expected x_train, y_train, x_test and y_test, as Keras"),
        ({"y_train": np.array([0, 1])}, "y_train.npy: expected 3 labels, got (2,) int64"),
        ({"y_train": np.array([0.0, 1.0, 1.0])}, "y_train.npy: expected 3 labels, got (3,) float64"),
        ({"y_train": np.array([[0], [1], [0]])}, "y_train.npy: expected 3 labels, got (3, 1) int64"),
        ({"y_train": np.array([0, 2, 1])}, "y_train.npy: review 1: expected a label 0 or 1, got 2"),
        ({"x_train": ragged([[1], [2, 0], [3]])}, "x_train.npy: review 1: expected ranks from 1 to 2147483647, got 0"),
        ({"x_train": ragged([[1], [2**31], [3]])}, "x_train.npy: review 1: expected ranks from 1 to 2147483647, got 2"),
        (
            {"x_train": ragged([[1], [2**70], [3]])},
            "x_train.npy: expected ranks from 1 to 2147483647, got",
        ),
        (
            {"x_train": ragged([[1], [2.5], [3]])},
            "x_train.npy: review 1: expected a list of whole numbers, got",
        ),
        ({"x_train": ragged([[1], "abc", [3]])}, "x_train.npy: review 1: expected a list of whole numbers, got a str"),
        ({"x_train": np.array([1, 2, 3])}, "x_train.npy: review 0: expected a list of whole numbers, got a int"),
        ({"x_train": b"no array"}, "x_train.npy: damaged: "),
    ],
)
def test_what_is_wrong_is_named_with_array_and_review(path: Path, changed: dict[str, Any], message: str) -> None:
    write(path, members(**changed))
    assert refused(path).startswith(message)


def test_a_file_that_is_no_archive_is_refused(path: Path) -> None:
    path.write_bytes(b"PK no zip")
    assert refused(path).startswith("no zip archive, as an .npz is: ")


def test_a_flipped_byte_is_refused_or_changes_nothing_that_is_read(path: Path) -> None:
    np.savez_compressed(path, **parts())
    whole, before = path.read_bytes(), read_npz(path, None)
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 8]) + whole[at + 1 :])
        try:
            after = read_npz(path, None)
        except DataError:
            continue
        assert after.train.ranks.tolist() == before.train.ranks.tolist()
        assert after.train.labels.tolist() == before.train.labels.tolist()


@pytest.mark.parametrize("limit", ["file", "array"])
def test_more_bytes_than_any_reviews_have_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    np.savez_compressed(path, **parts(x_train=ragged([[1] * 5000] * 3)))
    monkeypatch.setattr(npz, "LARGEST", 100 if limit == "file" else 2000)
    assert "expected" in refused(path)
    assert "at most" in refused(path)


def test_a_missing_file_is_a_file_error(path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_npz(path, None)


@pytest.mark.skipif(REAL is None, reason="JENA_RNN_REAL_DATA is not set: no real reviews to read")
def test_the_real_reviews_are_those_that_numpy_loads() -> None:
    path = Path(REAL or "") / "imdb.npz"
    corpus, genuine = read_npz(path, path.with_name("imdb_word_index.json")), np.load(path, allow_pickle=True)
    for part, found in (("train", corpus.train), ("test", corpus.test)):
        assert found is not None
        assert np.array_equal(found.ranks, np.concatenate([np.array(row) for row in genuine[f"x_{part}"]]))
        assert np.array_equal(found.lengths, [len(row) for row in genuine[f"x_{part}"]])
        assert np.array_equal(found.labels, genuine[f"y_{part}"])
    assert "film" in decode(encode(corpus.train, 10_000).tokens[:2000].tolist(), corpus.words)
