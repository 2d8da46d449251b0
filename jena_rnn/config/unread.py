"""Which keys of a config have no value of the user's after an error: of them, no rule has anything to say.

unread("windows.lookbak", tree, ["windows", "windows.lookback", "windows.step"])     # ["windows.lookback"]
hangs_on(["windows.lookback", "windows.step"], {"windows"})                           # True
"""

from collections.abc import Collection, Iterable, Sequence

from jena_rnn.base.messages import closest
from jena_rnn.config.located import Located


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


def hangs_on(keys: Iterable[str], others: Collection[str]) -> bool:
    """Return whether one of `keys` is one of `others`, or stands below one; all as dotted paths."""
    return any(f"{key}.".startswith(f"{other}.") for key in keys for other in others)
