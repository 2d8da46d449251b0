"""Which keys of a config have no value of the user's after an error: of them, no rule has anything to say.

unread("windows.lookbak", tree, ["windows", "windows.lookback", "windows.step"])     # ["windows.lookback"]
names_any("windows.lookback: expected a multiple of windows.step", {"windows"})      # True
"""

import re
from collections.abc import Collection, Sequence

from jena_rnn.located import Located
from jena_rnn.messages import closest


def unread(path: str, tree: Located, known: Sequence[str]) -> list[str]:
    """Return the keys that have no value of the user's after an error at `path`; all as dotted paths.

    That is the key itself (of a `name`, its section) if it is one of the config's; else the one that must have been
    meant, or all that may have been: those left out of its section, and those of its name left out of another. Of whole
    sections, none is thought to have been meant by a name that is not close. `tree` is what the user wrote, `known` all
    sections and keys of such a config.
    """
    section, _, key = path.rpartition(".")
    if path in known:
        return [section if section and key == "name" else path]
    left_out = [each for each in known if not tree.holds(each)]
    beside = {each.rpartition(".")[2]: each for each in left_out if each.rpartition(".")[0] == section}
    elsewhere = [each for each in left_out if path and each.endswith(f".{key}")]
    meant = closest(key, beside)
    if meant is not None:
        return [beside[meant], *elsewhere]
    return [*beside.values(), *elsewhere] if section else elsewhere


def names_any(text: str, keys: Collection[str]) -> bool:
    """Return whether a text names one of `keys`, or a key below one."""
    return any(re.search(rf"(?<![\w.]){re.escape(key)}\b", text) for key in keys)
