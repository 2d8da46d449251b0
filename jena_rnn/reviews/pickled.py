"""Lists of whole numbers out of a pickle that is not trusted.

The reviews of imdb.npz are object arrays, which a file can use to run what it likes when NumPy loads them. Here a
pickle is walked through before it is unpickled, so that it stays small; what it then asks for is a stand-in or refused.

    ranks, starts = unpickled(body, 25_000, "data/imdb.npz: x_train.npy")
    ranks[starts[0] : starts[1]]             # the words of the first review
"""

import io
import pickle
import pickletools
import re
from array import array
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import DataError
from jena_rnn.base.messages import one_line, shortened
from jena_rnn.reviews.corpus import Places, Tokens

MOST_WORDS = 100_000_000
"""Of one part; Keras's have 6 million."""
MOST_STEPS = 1_000_000
"""Instructions of a pickle besides whole numbers, a review's being counted as about one."""
LARGEST_RANK = 2**31 - 1

RUN = re.compile(rb"(?:K.|M..|J.{4})*+e?\]?(?:\x94|q.)?\(?", re.DOTALL)
"""Whole numbers, the end of one list, the beginning of the next."""
HARMLESS = {
    *("PROTO", "FRAME", "STOP", "MARK", "EMPTY_LIST", "APPEND", "APPENDS", "BININT", "BININT1", "BININT2", "LONG1"),
    *("MEMOIZE", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET", "GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD"),
    *("NONE", "NEWTRUE", "NEWFALSE", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
    *("SHORT_BINUNICODE", "BINUNICODE", "SHORT_BINSTRING", "SHORT_BINBYTES"),
}
"""What NumPy's pickles of lists are made of, and what names the rest."""
INSTRUCTIONS = {instruction.code: instruction for instruction in pickletools.opcodes}


class _Collected:
    """Stands in for an array and its type: keeps what it is told, and does nothing."""

    state: Any = None

    def __init__(self, *arguments: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Careful(pickle.Unpickler):
    """An unpickler that knows the three names of an object array, and has a stand-in for each."""

    KNOWN = frozenset(
        {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
        }
    )

    def __init__(self, data: bytes, place: str) -> None:
        super().__init__(io.BytesIO(data), encoding="latin-1")
        self.place = place

    def find_class(self, module: str, name: str, /) -> type[_Collected]:
        """Return the stand-in; raises DataError naming what else was asked for, which is not looked up."""
        if (module, name) in self.KNOWN:
            return _Collected
        asked = one_line(shortened(f"{module}.{name}"))
        raise DataError(f"{self.place}: asks for {asked}, which no list of numbers needs; nothing of it was run")

    def persistent_load(self, pid: object) -> NoReturn:
        """Refuse."""
        raise pickle.UnpicklingError("a reference to something outside the file")


def unpickled(data: bytes, count: int, place: str) -> tuple[Tokens, Places]:
    """Return the lists of a pickled object array, one behind the other: ranks and starts, as `Reviews` has them.

    Raises DataError, beginning with `place`, for anything but `count` lists of whole numbers from 1.
    """
    _walk(data, place)
    try:
        found = _Careful(data, place).load()
    except DataError:
        raise
    except Exception as error:  # what a pickle can stumble over has no end, and none of it is ours
        message = one_line(shortened(str(error))) or type(error).__name__
        raise DataError(f"{place}: a damaged pickle: {message}") from None
    state = found.state if isinstance(found, _Collected) else None
    rows = state[-1] if isinstance(state, tuple) and state else None
    if not isinstance(rows, list) or len(rows) != count:
        raise DataError(f"{place}: expected an array of {count:,} lists, as its header says, got something else")
    return _flat(rows, place)


def _walk(data: bytes, place: str) -> None:
    """Refuse a pickle with instructions that no list needs, or that would fill the memory."""
    stream, at = io.BytesIO(data), 0
    for _ in range(MOST_STEPS):
        if (run := RUN.match(data, at)) and run.end() > at:
            at = run.end()
            continue
        found = INSTRUCTIONS.get(data[at : at + 1].decode("latin-1"))
        if found is None or found.name not in HARMLESS:
            wrong = "the end" if at >= len(data) else f"the instruction {found.name if found else hex(data[at])}"
            raise DataError(f"{place}: byte {at:,} of the pickle: expected lists of whole numbers, got {wrong}")
        stream.seek(at + 1)
        try:
            argument: Any = found.arg.reader(stream) if found.arg else None
        except ValueError:
            raise DataError(f"{place}: the pickle ends within the instruction at its byte {at:,}") from None
        if found.name == "LONG_BINPUT" and argument >= MOST_STEPS:  # the unpickler would make room for as many
            raise DataError(f"{place}: byte {at:,} of the pickle: expected fewer references than {argument:,}")
        at = stream.tell()
        if found.name == "STOP":
            return
    raise DataError(f"{place}: the pickle takes more than {MOST_STEPS:,} instructions")


def _flat(rows: list[Any], place: str) -> tuple[Tokens, Places]:
    """Return lists one behind the other, `(words,)` int32, and their starts, `(rows + 1,)` int64."""
    for number, row in enumerate(rows):
        if type(row) is not list:
            raise DataError(f"{place}: review {number:,}: expected a list of whole numbers, got {_kind(row)}")
    starts = np.concatenate(([0], np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)))))
    if starts[-1] > MOST_WORDS:  # one list may stand in many places
        raise DataError(f"{place}: {starts[-1]:,} words; expected at most {MOST_WORDS:,}")
    flat = array("i")
    for number, row in enumerate(rows):
        if not set(map(type, row)) <= {int}:
            other = next(each for each in row if type(each) is not int)
            raise DataError(f"{place}: review {number:,}: expected whole numbers, got {_kind(other)}")
        try:
            flat.extend(array("i", row))
        except OverflowError:
            wrong = next(rank for rank in row if not 1 <= rank <= LARGEST_RANK)
            raise DataError(f"{place}: review {number:,}: {_no_rank(wrong)}") from None
    ranks = np.frombuffer(flat, np.int32) if flat else np.empty(0, np.int32)
    return as_ranks(ranks, starts, place), starts


def as_ranks(numbers: NDArray[Any], starts: Places, place: str) -> Tokens:
    """Return whole numbers as int32; raises DataError naming the review of one that is no rank."""
    outside = (numbers < 1) | (numbers > LARGEST_RANK)
    if outside.any():
        at = int(outside.argmax())
        number = int(np.searchsorted(starts, at, side="right")) - 1
        raise DataError(f"{place}: review {number:,}: {_no_rank(int(numbers[at]))}")
    return numbers.astype(np.int32, copy=False)


def _no_rank(number: int) -> str:
    return f"expected ranks from 1 to {LARGEST_RANK}, got {shortened(str(number))}"


def _kind(value: object) -> str:
    """Return in a word what is no list of whole numbers; never all of it, which may be endless."""
    if isinstance(value, _Collected):
        return "an array"
    return repr(value) if value is None or isinstance(value, bool) else f"a {type(value).__name__}"
