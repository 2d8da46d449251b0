"""The audit of a config's series, in words.

inspected(config).lines
"""

from jena_rnn.base.messages import plural
from jena_rnn.base.tables import amount, table
from jena_rnn.forecast.config import ForecastConfig
from jena_rnn.forecast.stations import open_series
from jena_rnn.series.audit import Audit, audit
from jena_rnn.tasks import Inspected


def inspected(config: ForecastConfig) -> Inspected:
    """Return the audit of a config's series; raises DataError if it cannot be read."""
    series = open_series(config.data, needs_target=config.data.columns is not None)
    facts = audit(series, config.data.sentinel)
    return Inspected(_lines(facts), facts.as_dict(), series)


def _lines(facts: Audit) -> list[str]:
    rows = [
        [
            c.name,
            *(amount(v, scale=c.std or abs(c.mean), places=2) for v in (c.minimum, c.maximum, c.mean, c.std)),
            str(c.sentinels.count),
            str(c.missing.count),
        ]
        for c in facts.columns
    ]
    places = [
        f"  {column.name}, {kind}: {fault}"
        for column in facts.columns
        for kind, fault in (("sentinels", column.sentinels), ("missing", column.missing))
        if fault.count
    ]
    return [
        f"{facts.name}: {facts.rows:,} rows, {plural(len(facts.columns), 'column', 'columns')}",
        f"edition: {facts.edition}",
        f"SHA-256: {facts.sha256}",
        f"from {facts.first_time} to {facts.last_time}, one row every {facts.step_minutes:g} minutes",
        "",
        table(["column", "min", "max", "mean", "std", "sentinels", "missing"], rows),
        "",
        "Rows are counted from 0.",
        f"gaps in time: {facts.gaps}",
        f"rows less than {facts.step_minutes:g} minutes after the one before: {facts.close}",
        f"jumps back in time: {facts.backward}",
        f"repeated times: {facts.repeated}"
        + (f" ({facts.repeated_alike:,} equal the first in every column)" if facts.repeated.count else ""),
        *places,
        *(f"note: {note}" for note in facts.notes),
    ]
