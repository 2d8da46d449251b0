"""Expected failures, which a user can cause and fix, each with its exit code.

Any other exception is a bug and shows its traceback. Only the command line prints these:

    raise DataError("data/station.csv:17: 'T (degC)': expected a number, got 'abc'")
"""


class JenaError(Exception):
    """An expected failure: one clear message, no traceback."""

    exit_code: int = 1


class ConfigError(JenaError):
    """The YAML or an override cannot be used; the message lists every error found."""

    exit_code = 2


class DataError(JenaError):
    """The data cannot be read exactly, or there is too little of it.

    `choice` ends the message with a key or an option that helps; a finished run, which has no choice, omits it.
    """

    exit_code = 3

    def __init__(self, fact: str, choice: str = "") -> None:
        super().__init__(fact + choice)
        self.fact = fact


class NoWindowError(DataError):
    """There are enough rows, but their faults leave no window."""


class NoDataError(DataError):
    """The data file is missing."""


class FileError(JenaError):
    """A file or directory cannot be read or written."""

    exit_code = 4


class RunError(FileError):
    """A run directory is missing, incomplete, or would be overwritten."""


class DivergedError(JenaError):
    """Training produced a number that is not finite."""

    exit_code = 7


class BusyError(JenaError):
    """Another process is writing the run directory."""

    exit_code = 5


class NothingToResumeError(JenaError):
    """A run directory has no sound snapshot."""

    exit_code = 6


class StoppedError(JenaError):
    """A signal stopped the training; finished epochs are kept."""

    exit_code = 130

    def __init__(self, message: str, signal: int = 2) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal
