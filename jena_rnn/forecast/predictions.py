"""predictions.csv of a forecasting run: test forecasts beside truth and naive, with their times.

predictions.write(file)
Predictions.read(file).forecast         # (windows,) in the target's unit
"""

from dataclasses import dataclass
from typing import IO

import numpy as np
import pandas as pd

from jena_rnn.series.series import MADE_UP, Floats, Times

TIME = "%Y-%m-%dT%H:%M:%S"
COLUMNS = 5
WRITTEN = 10_000
"""Lines written at a time."""


@dataclass(frozen=True)
class Predictions:
    """Forecasts of one split, in time order as scored.

    Attributes:
        newest: `(windows,)` datetime64[s], when the newest input was measured.
        times: `(windows,)` datetime64[s], when the target was measured.
        forecast: `(windows,)` in the target's unit; `truth` and `naive` likewise.
        unit: the target's unit.
        made_up: whether the station is made up.
    """

    newest: Times
    times: Times
    forecast: Floats
    truth: Floats
    naive: Floats
    unit: str
    made_up: bool = False

    def write(self, file: IO[bytes]) -> None:
        """Write CSV: two times, then forecast, truth and naive to the last bit; the header has the unit.

        For a made-up station, the first line is a comment that says so.
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
        """Return the predictions that `write` wrote; raises ValueError if the file is damaged."""
        made_up = file.read(1) == b"#"
        file.seek(0)
        frame = pd.read_csv(file, encoding="utf-8", skiprows=int(made_up), dtype={0: "str", 1: "str"})
        if len(frame.columns) != COLUMNS:
            raise ValueError(f"expected {COLUMNS} columns, got {len(frame.columns)}")
        if frame.empty:
            raise ValueError("no forecasts")
        newest, times = (
            pd.to_datetime(frame.iloc[:, i], format=TIME).to_numpy().astype("datetime64[s]") for i in (0, 1)
        )
        numbers = frame.iloc[:, 2:].to_numpy(dtype=np.float64)
        if not np.isfinite(numbers).all():
            raise ValueError("expected finite forecasts")
        unit = str(frame.columns[2]).removeprefix("forecast").strip()[1:-1]
        forecast, truth, naive = numbers.T
        return cls(newest, times, forecast, truth, naive, unit, made_up)
