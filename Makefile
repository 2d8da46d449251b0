# Everything sets itself up: the virtual environment is made on first use and again when dependencies change.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CONFIG ?= gru
ARGS ?= --epochs 5
WORKERS ?= 2

.PHONY: help train test test-long check smoke bench docs clean

help:
	@echo "make train   train CONFIG=$(CONFIG) on the made-up station (ARGS='$(ARGS)')"
	@echo "make test    everything a change must pass: style, types, layers, tests (WORKERS=$(WORKERS) at a time)"
	@echo "make test-long   10,000 kills, 100,000 flips, every model killed and resumed, every config trained"
	@echo "make smoke   a run of seconds of every config, on a truncated series"
	@echo "make bench   measure speed and memory beside the book's listing, stock Keras and PyTorch; writes docs/performance.md"
	@echo "make docs    write the program's output into README and docs again"
	@echo "make clean   remove the virtual environment and caches"

$(BIN)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "jena-rnn needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

train: $(BIN)/.ready
	$(BIN)/jena-rnn train $(CONFIG) --sample $(ARGS)

test: $(BIN)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-long: $(BIN)/.ready
	JENA_RNN_LONG=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/faults tests/layers tests/cli

check: test

smoke: $(BIN)/.ready
	$(BIN)/python scripts/smoke.py

bench: $(BIN)/.ready
	$(BIN)/python -m benchmarks

docs: $(BIN)/.ready
	$(BIN)/python scripts/document.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
