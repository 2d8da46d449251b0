"""Rivals timed in turn, again and again, so that a noisy neighbour slows them all alike.

found = alternate({"ours": step, "theirs": other}, rounds=9)
found["ours"].median, ratio(found, "theirs", "ours").median
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """Some measurements of one thing: seconds, or ratios of seconds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """First and third quartile."""
        if len(self.values) == 1:
            return self.values[0], self.values[0]
        first, _, third = statistics.quantiles(self.values, n=4, method="inclusive")
        return first, third

    def per(self, count: float) -> "Timed":
        """Return the measurements divided by what was done in each."""
        return Timed(tuple(value / count for value in self.values))


def alternate(actions: Mapping[str, Callable[[], object]], *, rounds: int, warm: int = 1) -> dict[str, Timed]:
    """Return the seconds that each action takes, all of them in turn, `rounds` times, after `warm` unmeasured turns."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(-warm, rounds):
        for name, action in actions.items():
            began = time.perf_counter()
            action()
            if turn >= 0:
                seconds[name].append(time.perf_counter() - began)
    return {name: Timed(tuple(values)) for name, values in seconds.items()}


def ratio(found: Mapping[str, Timed], slow: str, fast: str) -> Timed:
    """Return how many times longer `slow` took than `fast`, turn by turn."""
    pairs = zip(found[slow].values, found[fast].values, strict=True)
    return Timed(tuple(one / other for one, other in pairs))
