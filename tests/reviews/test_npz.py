import hashlib
import io
import json
import os
import pickle
import struct
import time
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


def test_an_array_that_stands_twice_is_refused(path: Path) -> None:
    np.savez(path, **parts())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("y_train.npy", archive.read("y_train.npy"))
    with pytest.raises(DataError, match=r"holds y_train\.npy twice"):
        read_npz(path, None)


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


def test_a_payload_is_named_with_file_and_array_and_does_not_run(path: Path) -> None:
    trace = path.with_name("trace")

    class Payload:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {trace}",)

    np.savez(path, **parts(x_test=ragged([Payload()])))
    assert refused(path).startswith("x_test.npy: asks for posix.system, ")
    assert not trace.exists()
    np.savez(path, **parts(y_train=ragged([Payload()] * 3)))
    assert refused(path) == "y_train.npy: expected whole numbers, got object"
    assert not trace.exists()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x_test": None}, "no x_test.npy in it; expected x_train, y_train, x_test and y_test, as Keras"),
        ({"y_train": None}, "no y_train.npy in it; expected x_train, y_train, x_test and y_test, as Keras"),
        ({"y_train": np.array([0, 1])}, "y_train.npy: 2 labels for 3 reviews"),
        ({"y_train": np.array([0, 2, 1])}, "y_train.npy: review 1: expected a label 0 or 1, got 2"),
        ({"y_train": np.array([0, -1, 1])}, "y_train.npy: review 1: expected a label 0 or 1, got -1"),
        ({"y_train": np.array([0.0, 1.0, 1.0])}, "y_train.npy: expected whole numbers, got float64"),
        ({"y_train": np.array([False, True, True])}, "y_train.npy: expected whole numbers, got bool"),
        (
            {"y_train": np.array([[0], [1], [0]])},
            "y_train.npy: expected one label for each review, got an array (3, 1)",
        ),
        ({"y_train": np.array(1)}, "y_train.npy: expected one label for each review, got an array ()"),
        ({"x_train": np.array([1, 2, 3])}, "x_train.npy: expected a row of ranks for each review, got an array (3,)"),
        ({"x_train": np.array(["a"] * 3)}, "x_train.npy: expected whole numbers, got <U1"),
        ({"x_train": np.array([[1], [0], [1]])}, "x_train.npy: review 1: expected ranks from 1 to 2147483647, got 0"),
        (
            {"x_train": np.array([[1], [2], [2**63]], np.uint64)},
            "x_train.npy: review 2: expected ranks from 1 to 2147483647, got 9223372036854775808",
        ),
        ({"x_train": ragged([[1], [True], [1]])}, "x_train.npy: review 1: expected whole numbers, got True"),
        ({"x_train": np.empty((2, 2), object)}, "x_train.npy: expected one list for each review, got an array (2, 2)"),
        (
            {"x_train": np.empty(3, [("a", object)])},
            "x_train.npy: expected one list for each review, got an array (3,)",
        ),
        ({"x_train": as_npy(np.array([[1], [2], [3]]))[:-1]}, "x_train.npy: 23 bytes for an array (3, 1) of int64; "),
        ({"x_train": as_npy(ragged(X))[:-5]}, "x_train.npy: byte "),
        ({"x_train": b""}, "x_train.npy: no header of an array: "),
        ({"x_train": b"\x93NUMPY\x09\x00"}, "x_train.npy: no header of an array: "),
        ({"x_train": b"\x93NUMPY\x01\x00\x05\x00{'a':"}, "x_train.npy: no header of an array: "),
    ],
)
def test_what_is_no_set_of_reviews_is_refused_in_a_line(path: Path, changed: dict[str, Any], message: str) -> None:
    write(path, members(**changed))
    assert refused(path).startswith(message)


@pytest.mark.parametrize(
    "shape", ["(-3,)", "(10**9, 10**9)", "(1000000000, 1000000000)", "'x'", "(" * 300, "(True, True)"]
)
def test_a_header_that_lies_about_its_shape_is_refused(path: Path, shape: str) -> None:
    for kind in ("|O", "<i8"):
        header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
        body = pickle.dumps(ragged(X))
        write(path, members(x_train=b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body))
        assert refused(path).startswith("x_train.npy: ")


@pytest.mark.parametrize("rows", [500_000_000, 10**12])
def test_reviews_without_words_are_not_counted_without_end(path: Path, rows: int) -> None:
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({rows}, 0), }}\n".encode()
    write(path, members(x_train=b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header))
    assert refused(path) == f"x_train.npy: {rows:,} reviews; expected at most 10,000,000"


def test_headers_of_python_2_are_read_without_a_warning(path: Path) -> None:
    header = b"{'descr': '<i8', 'fortran_order': False, 'shape': (3L,), }\n"
    labels = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + np.array([1, 1, 0]).tobytes()
    write(path, members(y_train=labels))
    assert read_npz(path, None).train.labels.tolist() == [1, 1, 0]


def test_a_file_that_inflates_beyond_measure_is_refused_before_it_does(path: Path) -> None:
    write(path, members(x_train=bytes(npz.LARGEST_PART + 1)))
    assert refused(path) == "x_train.npy: 67,108,865 bytes when inflated; expected at most 67,108,864"


def test_a_part_that_inflates_to_more_than_it_says_is_cut_and_refused(path: Path) -> None:
    write(path, members(x_train=bytes(1 << 24)))
    raw = path.read_bytes().replace(struct.pack("<I", 1 << 24), struct.pack("<I", 1000))
    path.write_bytes(raw)
    assert refused(path).startswith("x_train.npy: damaged: Bad CRC-32")


def test_a_file_too_large_is_refused_before_it_is_looked_at(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(npz.LARGEST + 1)
    assert refused(path) == "67,108,865 bytes; expected reviews in at most 67,108,864"


def test_an_encrypted_part_is_refused(path: Path) -> None:
    write(path, members())
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refused(path) == "x_train.npy: encrypted; expected an archive without a password"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressions_without_a_bound_are_refused(path: Path, method: int) -> None:
    write(path, members(), method)
    assert "compressed in a way that NumPy does not use" in refused(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"x,y\n1,2\n", bytes(1000), b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert refused(path).startswith("no zip archive, as an .npz is: ")


def test_a_damaged_byte_anywhere_is_refused_or_does_not_matter(path: Path) -> None:
    np.savez_compressed(path, **parts())
    whole = path.read_bytes()
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            corpus = read_npz(path, None)
        except DataError as error:
            assert str(error).isprintable()
        else:
            assert corpus.train.ranks.tolist() == [1, 2, 3, 4]


def test_files_that_cannot_be_read_are_told_by_name(path: Path) -> None:
    with pytest.raises(FileError, match=r"reviews\.npz: cannot be read: No such file"):
        read_npz(path, None)
    np.savez(path, **parts())
    with pytest.raises(FileError, match=r"index\.json: cannot be read: No such file"):
        read_npz(path, path.with_name("index.json"))


def test_a_link_to_a_file_is_followed(path: Path) -> None:
    np.savez(path.with_name("elsewhere.npz"), **parts())
    path.symlink_to("elsewhere.npz")
    assert len(read_npz(path, None).train) == 3


@pytest.mark.skipif(REAL is None, reason="JENA_RNN_REAL_DATA is not set: no real reviews to read")
def test_the_real_reviews_are_read_whole_and_fast() -> None:
    folder, started = Path(REAL or ""), time.perf_counter()
    corpus = read_npz(folder / "imdb.npz", folder / "imdb_word_index.json")
    assert time.perf_counter() - started < 10  # it takes 1.6 s; machines differ
    assert corpus.test is not None
    for part in (corpus.train, corpus.test):
        assert len(part) == 25_000
        assert part.labels.sum() == 12_500
    assert len(corpus.words) == 88_584
    assert 230 < corpus.train.lengths.mean() < 240
    first = encode(corpus.train.select(np.array([0])), 100_000).tokens
    words = decode(first.tolist(), corpus.words).split()
    assert len(words) == corpus.train.lengths[0]
    assert {"the", "and", "of", "a"} & set(words)
    assert "?" not in words
