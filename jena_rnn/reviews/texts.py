"""A folder of texts, or a table of texts and labels, to a `Corpus`.

Words are split as for Keras's index: in lower case, at spaces, line ends and the signs below. An apostrophe stays in
its word, and `<br />` becomes "br", which has rank 7 in that index.

    corpus = read_folder(Path("aclImdb"), None)                     # train/pos/*.txt and so on
    corpus = read_table(Path("IMDB Dataset.csv"), words)            # review,sentiment
"""

import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from jena_rnn.base.errors import DataError
from jena_rnn.base.files import names
from jena_rnn.base.messages import one_line, plural, shortened
from jena_rnn.base.paths import read_given
from jena_rnn.reviews.corpus import MADE_UP, NEGATIVE, POSITIVE, Corpus, Reviews
from jena_rnn.reviews.table import Table, read_rows
from jena_rnn.reviews.tally import Tally
from jena_rnn.series.series import Source

SPACES = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r', " "))
"""The signs of Keras's Tokenizer, and the carriage return of Windows line ends."""
COUNTED = ("words are ranked by how often the training reviews use them (data.index names an index of words)",)
FOLDERS = {"pos": POSITIVE, "neg": NEGATIVE}
TEXT_NAMES = ("text", "review", "sentence", "comment")
LABEL_NAMES = ("label", "sentiment", "polarity", "class", "target")
LABELS = {
    **dict.fromkeys(("0", "neg", "negative"), NEGATIVE),
    **dict.fromkeys(("1", "pos", "positive"), POSITIVE),
}


def tokenise(text: str) -> list[str]:
    """Return the words of a text, split as by Keras's Tokenizer."""
    return list(filter(None, text.lower().translate(SPACES).split(" ")))


def ranks_of(texts: Sequence[str], words: tuple[str, ...]) -> Reviews:
    """Return unlabelled texts as ranks, with labels 0; a word that is not in `words` has rank 0."""
    tally = Tally()
    for text in texts:
        tally.add(tokenise(text), NEGATIVE)
    return tally.reviews(0, len(tally), words)


def read_folder(path: Path, index: tuple[str, ...] | None) -> Corpus:
    """Return the texts in `train/pos`, `train/neg`, `test/pos` and `test/neg`, or `pos` and `neg`, sorted by name.

    Words are ranked by `index`, or by their counts in the training texts. Raises DataError for a missing or empty
    folder and for a file that is not UTF-8 text; FileError for a file that cannot be read.
    """
    tally, digest = Tally(), sha256()
    whole = (path / "train").is_dir()
    for part in ("train", "test"):
        if os.path.lexists(path / part) and not (path / part).is_dir():
            raise DataError(f"{path / part}: expected a folder of pos and neg; move what is there out of the way")
    if not whole and not all((path / kind).is_dir() for kind in FOLDERS):
        raise DataError(f"{path}: expected folders train/pos and train/neg, or pos and neg, of .txt files")
    for stray in FOLDERS if whole else ("test",):
        if (path / stray).is_dir():
            raise DataError(f"{path / stray}: expected either train and test, or pos and neg; move it out of the way")
    others = _add_texts(path / "train" if whole else path, tally, digest.update)
    train = len(tally)
    if whole and (path / "test").is_dir():
        others += _add_texts(path / "test", tally, digest.update)
    digest.update("\n".join(index or ()).encode())
    words = tally.common(train) if index is None else index
    notes = (*(COUNTED if index is None else ()), *others, *_wordless(tally))
    source = Source(str(path), digest.hexdigest(), "unknown", notes=notes)
    test = tally.reviews(train, len(tally), words) if len(tally) > train else None
    return Corpus(tally.reviews(0, train, words), test, words, source, counted=index is None)


def read_table(
    path: Path, index: tuple[str, ...] | None, *, text: str | None = None, label: str | None = None
) -> Corpus:
    """Return the texts of a CSV; all of them are training texts.

    Columns are those named `text` and `label`, or found by common names or by their cells. Words are ranked by `index`,
    or by their counts in all rows. Raises DataError, with the line, for a table that does not fit; FileError for a file
    that cannot be read.
    """
    data = read_given(path)
    content = text_of(data, str(path))
    made_up = content.startswith(f"# {MADE_UP}")
    table = read_rows(content.partition("\n")[2], path, 2) if made_up else read_rows(content, path)
    if named := [name for name in table.names if name.strip().lower() in LABELS]:
        raise table.error(table.header, f"expected the names of columns, got the label {_quoted(named[0])}")
    texts, labels = _columns(table, text, label)
    tally = Tally()
    for line, cells in table.rows:
        found = LABELS.get(cells[labels].strip().lower())
        if found is None:
            wrong = f"expected a label 0 or 1, neg or pos, negative or positive, got {_quoted(cells[labels])}"
            raise table.error(line, f"{table.names[labels]!r}: {wrong}")
        tally.add(tokenise(cells[texts]), found)
    words = tally.common(len(tally)) if index is None else index
    notes = COUNTED if index is None else ()
    digest = sha256(data + "\n".join(index or ()).encode()).hexdigest()
    name, edition = (f"{MADE_UP} ({path})", MADE_UP) if made_up else (str(path), "unknown")
    source = Source(name, digest, edition, made_up, notes + _wordless(tally))
    return Corpus(tally.reviews(0, len(tally), words), None, words, source, counted=index is None)


def text_of(data: bytes, source: str) -> str:
    """Return UTF-8 bytes as text, without a byte order mark; raises DataError with the line for other bytes."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"{source}:{_line(data, error.start)}"
        raise DataError(f"{place}: not UTF-8, in which texts are expected; iconv -t UTF-8 converts it") from None
    if "\0" in text:
        raise DataError(f"{source}:{_line(data, data.index(0))}: holds a NUL byte; expected text")
    return text


def _line(data: bytes, position: int) -> int:
    r"""Return the line of a byte, counted by \n, or by \r if there is no \n."""
    return data.count(b"\n" if b"\n" in data else b"\r", 0, position) + 1


def _add_texts(folder: Path, tally: Tally, digest: Callable[[bytes], None]) -> tuple[str, ...]:
    """Add the texts in a folder's pos and neg to `tally`, feed names and bytes to `digest`; return notes."""
    notes = []
    for kind, label in FOLDERS.items():
        inner = folder / kind
        if not inner.is_dir():
            raise DataError(f"{inner}: no such folder; expected one of .txt files for each label")
        found = [name for name in names(inner) if not name.startswith(".")]
        texts = [name for name in found if name.lower().endswith(".txt")]
        if not texts:
            raise DataError(f"{inner}: no .txt files in it; expected one for each review")
        if others := len(found) - len(texts):
            notes.append(f"{inner}: {plural(others, 'thing', 'things')} not named .txt, which no review is read from")
        for name in texts:
            if name.splitlines() != [name]:
                raise DataError(f"{inner}: expected names of files in one line, got {one_line(name)}")
            data = read_given(inner / name)
            digest(os.fsencode(f"{folder.name}/{kind}/{name} {len(data)}\n") + data)
            tally.add(tokenise(text_of(data, str(inner / name))), label)
    return tuple(notes)


def _columns(table: Table, text: str | None, label: str | None) -> tuple[int, int]:
    """Return the positions of the column of texts and of the column of labels."""
    table.require(text, label)
    texts = table.usual(TEXT_NAMES) if text is None else table.names.index(text)
    labels = table.usual(LABEL_NAMES) if label is None else table.names.index(label)
    if len(table.names) == 2:  # noqa: PLR2004 (where one is known, the other is)
        if texts is None and labels is None:
            alike = [all(cell.strip().lower() in LABELS for cell in table.cells(column)) for column in (0, 1)]
            labels = alike.index(True) if alike[0] != alike[1] else None
        if labels is None and texts is not None:
            labels = 1 - texts
        elif texts is None and labels is not None:
            texts = 1 - labels
    if texts is None or labels is None or texts == labels:
        known = one_line(shortened(", ".join(table.names)))
        raise table.error(
            table.header,
            f"which columns have texts and labels? data.text and data.label name two of: {known}",
        )
    return texts, labels


def _wordless(tally: Tally) -> tuple[str, ...]:
    """Return a note on texts without words; they are kept, so that results have a row for each review."""
    return (f"{plural(tally.empty, 'review has', 'reviews have')} no words",) if tally.empty else ()


def _quoted(cell: str) -> str:
    return repr(shortened(cell))
