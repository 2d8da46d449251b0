r"""Small parts of messages to people.

one_line("a\x1b[31m")                   # control characters escaped
nearest("unitz", ["units", "name"])     # "; did you mean 'units'?"
"""

import difflib
import os
import shlex
from collections.abc import Iterable, Sequence

LONGEST = 80
"""Characters of a value that a message shows."""


def one_line(text: str) -> str:
    """Return `text` with control characters escaped, since messages quote files."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def is_utf8(text: str) -> bool:
    """Return whether `text` can be encoded; a path may hold bytes that cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return `text`, cut to `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to `word`, ignoring case, or None if none is close."""
    by_letters = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(word.casefold(), by_letters, n=1, cutoff=0.6)
    return by_letters[close[0]] if close else None


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean ...?` with the known word closest to `word`, or an empty text."""
    close = closest(word, known)
    return "" if close is None else f"; did you mean '{one_line(close)}'?"


def no_columns(missing: Sequence[str], known: Sequence[str]) -> str:
    """Return the message for missing columns: their names, the existing columns, and the closest of those."""
    which = f"{'no column' if len(missing) == 1 else 'no columns'} {', '.join(map(repr, missing))}"
    close = dict.fromkeys(close for name in missing if (close := closest(name, known)) is not None)
    meant = f"; did you mean {', '.join(repr(each) for each in close)}?" if close else ""
    return f"{which}; it has: {', '.join(known)}{meant}"


def plural(count: int, one: str, many: str) -> str:
    """Return `count` with its noun in singular or plural."""
    return f"{count:,} {one if count == 1 else many}"


def typed(path: str) -> str:
    """Return a path quoted for a shell, never starting like an option, whatever bytes it holds."""
    path = f"./{path}" if path.startswith("-") else path
    if is_utf8(path) and path.isprintable():
        return shlex.quote(path)
    return "$'" + "".join(map(_escaped, os.fsencode(path))) + "'"


def _escaped(byte: int) -> str:
    letter = chr(byte)
    return letter if letter.isascii() and letter.isprintable() and letter not in "'\\" else f"\\x{byte:02x}"


def reason(error: OSError) -> str:
    """Return the system's message for an error."""
    return error.strerror or str(error)
