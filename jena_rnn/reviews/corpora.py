"""The reviews at a path: Keras's imdb.npz, a folder of texts, or a table.

corpus = read_reviews(Path("data/imdb.npz"), Path("data/imdb_word_index.json"))
"""

from pathlib import Path

from jena_rnn.base.errors import DataError, NoDataError
from jena_rnn.base.messages import shortened
from jena_rnn.base.paths import absent
from jena_rnn.reviews.corpus import Corpus, Vocabulary
from jena_rnn.reviews.npz import read_npz
from jena_rnn.reviews.texts import read_folder, read_table
from jena_rnn.reviews.word_index import read_index


def read_reviews(
    path: Path, index: Path | Vocabulary | None, *, text: str | None = None, label: str | None = None
) -> Corpus:
    """Return the reviews at `path`, ranked by `index` if one is given: a file, or words by rank.

    `text` and `label` name columns of a table. An .npz has ranks already; only an index file names their words.

    Raises NoDataError if nothing is there, DataError for anything but reviews, FileError if a file cannot
    be read.
    """
    folder, file = path.is_dir(), path.is_file()
    if not path.exists():
        raise NoDataError(
            f"{shortened(str(path))}: {absent(path)}. "
            "Get Keras's reviews with scripts/download_imdb.sh, name a folder, "
            ".csv or .npz of reviews with --data, or use made-up ones with --sample."
        )
    if not folder and not file:
        raise DataError(f"{path}: expected a file or a folder, not a pipe or device")
    if file and path.suffix.lower() == ".npz":
        return read_npz(path, index if isinstance(index, Path) else None)
    words = read_index(index) if isinstance(index, Path) else index
    if folder:
        return read_folder(path, words)
    if path.suffix.lower() == ".csv":
        return read_table(path, words, text=text, label=label)
    raise DataError(f"{path}: expected reviews in a folder, a .csv or an .npz; its name ends in none of these")
