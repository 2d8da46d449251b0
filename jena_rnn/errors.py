"""The failures that a user can cause and mend, each with its exit code.

Everything else that is raised is a bug and shows its traceback. Only the command line renders these:

    raise DataError("data/station.csv:17: 'T (degC)': expected a number, got 'abc'")
"""

from typing import ClassVar


class JenaError(Exception):
    """An expected failure: one clear message, no traceback."""

    exit_code: ClassVar[int] = 1


class ConfigError(JenaError):
    """The YAML or an override cannot be used; the message lists every error found."""

    exit_code = 2


class DataError(JenaError):
    """The measurements cannot be read exactly, or are too few for what is asked."""

    exit_code = 3


class FileError(JenaError):
    """A file or directory cannot be read or written."""

    exit_code = 4


class RunError(FileError):
    """A run directory is missing, incomplete, or would be overwritten."""


class DivergedError(JenaError):
    """Training produced a loss that is not a number."""

    exit_code = 7


class StoppedError(JenaError):
    """The user stopped the program; what was finished is kept."""

    exit_code = 130
