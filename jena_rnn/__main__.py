"""`python -m jena_rnn` is `jena-rnn`."""

from jena_rnn.cli import main

main()
