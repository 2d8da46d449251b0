"""`python -m jena_rnn`, which is the command `jena-rnn`: Ctrl-C is no traceback even while the program is imported."""

import sys


def main() -> None:
    """Run the program on `sys.argv` and exit."""
    try:
        from jena_rnn.cli import main as begin
    except KeyboardInterrupt:
        sys.stderr.write("jena-rnn: stopped before it began\n")
        sys.exit(130)
    begin()


if __name__ == "__main__":
    main()
