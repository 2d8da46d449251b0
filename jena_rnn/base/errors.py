"""The failures that a user can cause and mend, each with its exit code.

Everything else that is raised is a bug and shows its traceback. Only the command line renders these:

    raise DataError("data/station.csv:17: 'T (degC)': expected a number, got 'abc'")
"""


class JenaError(Exception):
    """An expected failure: one clear message, no traceback."""

    exit_code: int = 1


class ConfigError(JenaError):
    """The YAML or an override cannot be used; the message lists every error found."""

    exit_code = 2


class DataError(JenaError):
    """The measurements cannot be read exactly, or are too few for what is asked.

    `choice` is the end of the message: what helps who still may choose the config, as with a run nobody may.
    """

    exit_code = 3

    def __init__(self, fact: str, choice: str = "") -> None:
        super().__init__(fact + choice)
        self.fact = fact


class NoWindowError(DataError):
    """There are rows enough, but what is wrong with them leaves no window."""


class NoDataError(DataError):
    """There is no file of measurements where one was looked for."""


class FileError(JenaError):
    """A file or directory cannot be read or written."""

    exit_code = 4


class RunError(FileError):
    """A run directory is missing, incomplete, or would be overwritten."""


class DivergedError(JenaError):
    """Training produced a loss that is not a number."""

    exit_code = 7


class BusyError(JenaError):
    """Another process is writing the run directory."""

    exit_code = 5


class NothingToResumeError(JenaError):
    """A run directory holds no whole snapshot."""

    exit_code = 6


class StoppedError(JenaError):
    """A signal stopped the program; what was finished is kept."""

    exit_code = 130

    def __init__(self, message: str, signal: int = 2) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal
