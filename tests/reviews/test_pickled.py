import os
import pickle
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_rnn.base.errors import DataError
from jena_rnn.reviews import pickled
from jena_rnn.reviews.pickled import unpickled

ROWS = [[1, 255, 256], [], [65_535, 65_536, 2**31 - 1], [7]]


def array(rows: list[Any]) -> "np.ndarray[Any, Any]":
    made = np.empty(len(rows), object)
    made[:] = rows
    return made


def dumped(rows: list[Any], protocol: int = 4) -> bytes:
    """Return what NumPy puts behind the header of an object array."""
    return pickle.dumps(array(rows), protocol)


def lists(data: bytes, count: int) -> list[list[int]]:
    ranks, starts = unpickled(data, count, "x")
    assert (ranks.dtype, starts.dtype) == (np.int32, np.int64)
    return [ranks[a:b].tolist() for a, b in pairwise(starts)]


def refused(data: bytes, count: int = 1) -> str:
    with pytest.raises(DataError) as caught:
        unpickled(data, count, "a.npz: x_train.npy")
    message = str(caught.value)
    assert message.startswith("a.npz: x_train.npy: ")
    assert message.isprintable()
    assert len(message) < 250
    return message.removeprefix("a.npz: x_train.npy: ")


class Payload:
    """Unpickled by pickle itself, calls a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_lists_come_back_in_every_protocol_of_numpy(protocol: int) -> None:
    assert lists(dumped(ROWS, protocol), 4) == ROWS
    assert lists(dumped([], protocol), 0) == []
    assert lists(dumped([[], []], protocol), 2) == [[], []]


@given(st.lists(st.lists(st.integers(1, 2**31 - 1), max_size=5), max_size=5))
def test_lists_come_back_whatever_they_hold(rows: list[list[int]]) -> None:
    assert lists(dumped(rows), len(rows)) == rows


def test_many_long_lists_come_back_across_frames_and_batches() -> None:
    rows = [list(range(1, 2002 + number)) for number in range(100)]
    assert lists(dumped(rows), 100) == rows
    assert lists(dumped(rows, 3), 100) == rows


def test_a_list_that_stands_twice_comes_back_twice() -> None:
    assert lists(dumped([ROWS[0]] * 3), 3) == [ROWS[0]] * 3


def test_pickles_of_older_pythons_and_numpys_are_read() -> None:
    old = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87Rq\x03"
        b"(K\x01K\x02\x85cnumpy\ndtype\nq\x04U\x02O8K\x00K\x01\x87Rq\x05(K\x03U\x01|NNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK?tb\x89]q\x06(]q\x07(K\x01K\x02e]r\x00\x01\x00\x00K\x05aetb."
    )
    assert lists(old, 2) == [[1, 2], [5]]


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_what_a_pickle_wants_to_run_is_named_and_not_run(tmp_path: Path, protocol: int) -> None:
    trace = tmp_path / "trace"
    payload = Payload(os.system, f"touch {trace}")
    for data in (pickle.dumps(payload, protocol), dumped([payload, [1]], protocol), dumped([[1, payload]], protocol)):
        assert refused(data, 2) == "asks for posix.system, which no list of numbers needs; nothing of it was run"
        assert not trace.exists()


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        (b"cbuiltins\neval\n.", "builtins.eval"),
        (b"cnumpy\nload\n.", "numpy.load"),
        (b"cnumpy\nndarray.tofile\n.", "numpy.ndarray.tofile"),
        (b"cnumpy.core.multiarray\nscalar\n.", "numpy.core.multiarray.scalar"),
        (b"c_codecs\nencode\n.", "_codecs.encode"),
        (b"\x8c\x01\x1b\x8c\x02\x0a\x7f\x93.", r"\x1b.\n\x7f"),
        (b"c" + b"a" * 500 + b"\nb\n.", "a" * 79 + "…"),
    ],
)
def test_only_three_names_are_known(data: bytes, asked: str) -> None:
    assert refused(data).startswith(f"asks for {asked}, which")


@pytest.mark.parametrize(
    ("data", "instruction"),
    [
        (b"(S'x'\niposix\nsystem\n.", "STRING"),
        (b"(iposix\nsystem\n.", "INST"),
        (b"(o.", "OBJ"),
        (b"\x82\x01.", "EXT1"),
        (b"Pid\n.", "PERSID"),
        (b"K\x01Q.", "BINPERSID"),
        (b"}.", "EMPTY_DICT"),
        (b"G" + bytes(8) + b".", "BINFLOAT"),
        (b"\x96" + struct.pack("<Q", 2**62), "BYTEARRAY8"),
        (b"\x8e" + struct.pack("<Q", 2**62), "BINBYTES8"),
        (b"\x8b\xff\xff\xff\x7f", "LONG4"),
        (b"]2.", "DUP"),
        (b"\xff", "0xff"),
    ],
)
def test_instructions_that_no_list_needs_are_refused_before_anything_is_unpickled(
    data: bytes, instruction: str
) -> None:
    assert refused(data).endswith(f"expected lists of whole numbers, got the instruction {instruction}")


def test_a_reference_into_the_far_memory_makes_no_room() -> None:
    assert "fewer references than 4,294,967,295" in refused(b"]r\xff\xff\xff\xff.")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (None, "review 1: expected a list of whole numbers, got None"),
        (3, "review 1: expected a list of whole numbers, got a int"),
        ((1, 2), "review 1: expected a list of whole numbers, got a tuple"),
        ("text", "review 1: expected a list of whole numbers, got a str"),
        ([1, True], "review 1: expected whole numbers, got True"),
        ([1, None], "review 1: expected whole numbers, got None"),
        ([1, [2]], "review 1: expected whole numbers, got a list"),
        ([1, "2"], "review 1: expected whole numbers, got a str"),
        ([1, 0], "review 1: expected ranks from 1 to 2147483647, got 0"),
        ([-5], "review 1: expected ranks from 1 to 2147483647, got -5"),
        ([2**31], "review 1: expected ranks from 1 to 2147483647, got 2147483648"),
        ([1, -(2**63)], "review 1: expected ranks from 1 to 2147483647, got -9223372036854775808"),
        ([10**300], f"review 1: expected ranks from 1 to 2147483647, got 1{'0' * 78}…"),
        (np.array([1, 2]), "review 1: expected a list of whole numbers, got an array"),
    ],
)
def test_what_is_no_list_of_ranks_is_refused_with_its_review(row: Any, message: str) -> None:
    assert refused(dumped([[1], row]), 2) == message


def test_a_pickle_cut_anywhere_or_with_a_wrong_byte_is_refused_or_read() -> None:
    whole = dumped(ROWS)
    for end in range(len(whole)):
        refused(whole[:end], 4)
    for at in range(len(whole)):
        for wrong in (0, 0x28, 0x2E, 0x5D, 0x62, 0x65, 0x6A, 0x93, 0x94, 0x95, 0xFF):
            try:
                unpickled(whole[:at] + bytes([wrong]) + whole[at + 1 :], 4, "x")
            except DataError as error:
                assert str(error).isprintable()


@given(
    st.lists(
        st.sampled_from([*b"K\x01M.]()ert\x94\x95\x93\x85Rbq\x00h\x00j\x8c\x01aN\x88cnumpy\ndtype\n"]), max_size=60
    )
)
def test_any_bytes_are_refused_or_read(data: list[int]) -> None:
    try:
        unpickled(bytes(data), 1, "x")
    except DataError as error:
        assert str(error).isprintable()


@pytest.mark.parametrize("data", [pickle.dumps([[1]], 4), pickle.dumps(3, 4), pickle.dumps(("a",), 4), b"N."])
def test_a_pickle_of_something_else_is_refused(data: bytes) -> None:
    assert refused(data) == "expected an array of 1 lists, as its header says, got something else"


def test_more_or_fewer_lists_than_the_header_says_are_refused() -> None:
    assert "expected an array of 3 lists" in refused(dumped(ROWS), 3)
    assert "expected an array of 5 lists" in refused(dumped(ROWS), 5)


def test_one_list_a_million_times_does_not_fill_the_memory() -> None:
    assert (
        refused(dumped([list(range(1, 1001))] * 200_000), 200_000) == "200,000,000 words; expected at most 100,000,000"
    )


def test_a_pickle_of_more_instructions_than_reviews_need_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickled, "MOST_STEPS", 1000)
    assert refused(b"]" * 2000) == "the pickle takes more than 1,000 instructions"
    assert refused(b"](" * 2000) == "the pickle takes more than 1,000 instructions"


def test_a_list_in_itself_is_refused() -> None:
    row: list[Any] = [1]
    row.append(row)
    assert refused(dumped([row])) == "review 0: expected whole numbers, got a list"


def test_nests_do_not_exhaust_the_stack() -> None:
    assert refused(b"(" + b"N" + b"\x85" * 500_000 + b".")
    assert refused(b"](" * 100_000 + b"e" * 100_000 + b".")


def test_persistent_references_are_refused_by_the_unpickler_too() -> None:
    with pytest.raises(pickle.UnpicklingError, match="outside the file"):
        pickled._Careful(b"Pid\n.", "x").load()


def test_nothing_of_numpy_is_made_while_unpickling() -> None:
    found = pickled._Careful(dumped(ROWS), "x").load()
    assert type(found) is pickled._Collected
    assert type(found.state[2]) is pickled._Collected
    assert [type(each) for each in found.state] == [int, tuple, pickled._Collected, bool, list]
