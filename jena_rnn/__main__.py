"""`python -m jena_rnn`, the same as the command `jena-rnn`; Ctrl-C while the program is imported is no traceback."""

import sys


def main() -> None:
    """Run the program on `sys.argv` and exit."""
    try:
        from jena_rnn.cli import main as begin
    except KeyboardInterrupt:
        sys.stderr.write("jena-rnn: interrupted\n")
        sys.exit(130)
    begin()


if __name__ == "__main__":
    main()
