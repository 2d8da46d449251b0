"""Splits: which reference rows train, validation and test have.

ranges = resolve(config.split, rows=106_727)                  # scaled, if the config says so
rows = reference_rows("val", ranges, geometry, sound, batch_size=128)
"""

from jena_rnn.base.errors import DataError, NoWindowError
from jena_rnn.base.messages import plural
from jena_rnn.config.section import Range
from jena_rnn.forecast.config import Split
from jena_rnn.forecast.geometry import Geometry, book_eval_rows, book_train_rows, strict_rows
from jena_rnn.series.repair import Sound
from jena_rnn.training.draws import Rows

SPLITS = ("train", "val", "test")


def resolve(split: Split, rows: int) -> Split:
    """Return the ranges to use: as written, or scaled from `split.rows` to `rows` and rounded down."""
    if not split.scale:
        return split

    def fit(written: Range) -> Range:
        first, end = (None if row is None else row * rows // split.rows for row in written)
        return first or 0, end

    return Split(train=fit(split.train), val=fit(split.val), test=fit(split.test), rows=rows)


def bounds(split: Split, name: str, rows: int, geometry: Geometry) -> tuple[int, int]:
    """Return `[first, end)` of a split in a series of `rows`.

    An end of null is the last row; for the book, whose targets lie past the end, `rows - delay - 1`.
    """
    first, end = getattr(split, name)
    return first, _end(rows, geometry) if end is None else end


def _end(rows: int, geometry: Geometry) -> int:
    return rows - geometry.delay - 1 if geometry.protocol == "book" else rows


def scaling_rows(split: Split, geometry: Geometry) -> tuple[int, int]:
    """Return `[first, end)` of the rows that means and deviations come from; the book takes all before train's end."""
    first, end = split.train
    return 0 if geometry.protocol == "book" else first, end or 0


def reference_rows(name: str, split: Split, geometry: Geometry, sound: Sound, batch_size: int) -> Rows:
    """Return the reference rows of a split in order, `(windows,)`: to draw from (train) or to score.

    Raises DataError, with the arithmetic, if the split has too few rows or no sound window.
    """
    rows, file = len(sound.series), sound.series.source.name
    first, end = bounds(split, name, rows, geometry)
    drawn = name == "train"
    offer = f". Use --scale-split to scale the ranges, written for {split.rows:,} rows, to this file."
    offer = "" if split.rows == rows else offer
    _check_reach(name, first, end, split, geometry, rows, file, offer)
    past = 0 if getattr(split, name)[1] is not None else rows - end
    needed, told = _fewest(geometry, batch_size, drawn=drawn, past=past)
    held = end + past - first
    if held < needed:
        raise DataError(f"{file}: split.{name} holds {held:,} of the series' {rows:,} rows, but {told}", offer)
    return _some(rows_between(first, end, geometry, sound, batch_size, drawn=drawn), f"split.{name}", geometry, file)


def all_rows(geometry: Geometry, sound: Sound, batch_size: int) -> Rows:
    """Return the reference rows of a whole file in order, `(windows,)`, to score.

    Raises DataError, with the arithmetic, if it has too few rows or no sound window.
    """
    rows, file = len(sound.series), sound.series.source.name
    end = _end(rows, geometry)
    needed, told = _fewest(geometry, batch_size, past=rows - end)
    if rows < needed:
        raise DataError(f"{file}: holds {rows:,} rows, but {told}")
    return _some(rows_between(0, end, geometry, sound, batch_size), "the file", geometry, file)


def _fewest(geometry: Geometry, batch_size: int, *, drawn: bool = False, past: int = 0) -> tuple[int, str]:
    """Return the fewest rows that hold a window (for the book's scored splits, a batch), and a message saying so.

    `past` is added for rows behind the split that its targets need.
    """
    keys = f"windows.lookback {geometry.lookback:,}, windows.delay {geometry.delay:,}"
    if geometry.protocol == "strict" or drawn:
        needed = past + (geometry.span if geometry.protocol == "strict" else geometry.lookback + 1)
        return needed, f"one window needs {needed:,} ({keys})"
    needed = past + geometry.lookback + batch_size
    batch = f"a batch of {plural(batch_size, 'window', 'windows')} needs {needed:,}"
    return needed, f"{batch} ({keys}, windows.batch_size {batch_size:,})"


def _some(found: Rows, where: str, geometry: Geometry, file: str) -> Rows:
    """Return `found`; raises NoWindowError if it is empty although there are enough rows."""
    if found.size == 0:
        broken = f"gaps, rows out of step or missing values break each stretch of {geometry.span:,} rows"
        raise NoWindowError(f"{file}: {where} holds no window: {broken}")
    return found


def rows_between(
    first: int, end: int, geometry: Geometry, sound: Sound, batch_size: int, *, drawn: bool = False
) -> Rows:
    """Return the reference rows of windows in `[first, end)`; `drawn` ones are the book's training rows."""
    if geometry.protocol == "strict":
        return strict_rows(first, end, geometry, sound.segment, sound.measured)
    if drawn:
        return book_train_rows(first, end, geometry)
    return book_eval_rows(first, end, batch_size, geometry)


def _check_reach(
    name: str, first: int, end: int, split: Split, geometry: Geometry, rows: int, file: str, offer: str
) -> None:
    past = geometry.delay if geometry.protocol == "book" else 0
    if first >= rows or end + past > rows:
        reach = f"{end:,} rows" + (f" and {past} more for the last target" if past else "")
        raise DataError(
            f"{file}: split.{name} = [{first}, {'null' if getattr(split, name)[1] is None else end}] needs "
            f"{'more than ' + format(first, ',') + ' rows' if first >= rows else reach}, "
            f"but the series has {rows:,}",
            offer,
        )
