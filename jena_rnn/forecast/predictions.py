"""The table that a forecasting run keeps: test forecasts beside truth and naive, with their times.

predictions.write(file)
Predictions.read(file).forecast         # (windows,) in the target's unit
"""

from dataclasses import dataclass
from typing import IO

import numpy as np
import pandas as pd

from jena_rnn.runs.shapes import FIGURE
from jena_rnn.series.dates import YEARS
from jena_rnn.series.series import MADE_UP, Floats, Times

WRITTEN_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
WRITTEN = 10_000
"""Lines of forecasts that are written at a time."""


@dataclass(frozen=True)
class Predictions:
    """Forecasts of one split, in time order as scored.

    Attributes:
        newest: `(windows,)` datetime64[s], when the newest input was measured.
        times: `(windows,)` datetime64[s], when the target was measured.
        forecast: `(windows,)` in the target's unit; `truth` and `naive` likewise.
        unit: the target's unit.
        made_up: whether it is the weather of a made-up station.
    """

    newest: Times
    times: Times
    forecast: Floats
    truth: Floats
    naive: Floats
    unit: str
    made_up: bool = False

    def write(self, file: IO[bytes]) -> None:
        """Write CSV: two times, then forecast, truth and naive exactly, unit, if there is one, in the header.

        Those of a made-up station say so in a comment on the first line.
        """
        if self.made_up:
            file.write(f"# {MADE_UP}: simulated, not measured\n".encode())
        unit = f" ({self.unit})" if self.unit else ""
        for start in range(0, max(len(self.times), 1), WRITTEN):
            part = slice(start, start + WRITTEN)
            columns = {
                "newest_input": self.newest[part].astype("datetime64[s]").astype(str),
                "target_time": self.times[part].astype("datetime64[s]").astype(str),
                f"forecast{unit}": self.forecast[part],
                f"truth{unit}": self.truth[part],
                f"naive{unit}": self.naive[part],
            }
            pd.DataFrame(columns).to_csv(
                file,
                header=start == 0,
                index=False,
                encoding="utf-8",
                lineterminator="\n",
                mode="wb",
            )

    @classmethod
    def read(cls, file: IO[bytes]) -> "Predictions":
        """Return what `write` wrote; raises ValueError if it is damaged."""
        made_up = file.read(1) == b"#"
        file.seek(0)
        frame = pd.read_csv(file, encoding="utf-8", skiprows=int(made_up), dtype={0: "str", 1: "str"})
        if len(frame.columns) != 5:  # noqa: PLR2004 (as many as `write` makes)
            raise ValueError(f"expected 5 columns, got {len(frame.columns)}")
        if frame.empty:
            raise ValueError("no forecasts")
        newest, times = (_times(frame.iloc[:, i]) for i in (0, 1))
        forecast, truth, naive = (frame.iloc[:, i].to_numpy(dtype=np.float64) for i in (2, 3, 4))
        if not (np.abs(frame.iloc[:, 2:].to_numpy(dtype=np.float64)) < FIGURE).all():
            raise ValueError("expected finite forecasts")
        name = str(frame.columns[2])
        return cls(newest, times, forecast, truth, naive, name[len("forecast (") : -1], made_up)


def _times(texts: "pd.Series[str]") -> Times:
    """Return times as `Predictions.write` writes them; raises ValueError for anything else."""
    parsed = pd.to_datetime(texts, format="%Y-%m-%dT%H:%M:%S", errors="coerce")
    wrong = parsed.isna().to_numpy() | ~texts.str.fullmatch(WRITTEN_TIME, na=False).to_numpy(dtype=bool)
    if wrong.any():
        raise ValueError(f"expected times such as 2009-01-01T00:10:00, got {str(texts.iloc[int(wrong.argmax())])!r}")
    times: Times = parsed.to_numpy().astype("datetime64[s]")
    years = times.astype("datetime64[Y]").astype(np.int64) + 1970
    if years.min() < YEARS[0] or years.max() >= YEARS[1]:
        raise ValueError(f"expected times between the years {YEARS[0]} and {YEARS[1]}")
    return times
