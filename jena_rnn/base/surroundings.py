"""What a process may use of its machine.

cores()                                 # 2
"""

import os


def cores() -> int:
    """Return how many processor cores this process may use, as TensorFlow counts them."""
    allowed = getattr(os, "sched_getaffinity", None)  # missing on macOS
    return (os.cpu_count() or 1) if allowed is None else len(allowed(0))
