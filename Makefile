# Two things a newcomer needs: `make demo` and `make test`. Each does its own set-up in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test bench clean

help:
	@echo "make demo   go the whole way on a rehearsal web, offline, then serve the pages (Ctrl-C ends)"
	@echo "make test   the whole quality gate"
	@echo "make bench  compare speed with plain Scrapy and wget"

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "saqta needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV) \
	  || { echo "The venv module is missing; on Debian and Ubuntu: sudo apt install python3-venv"; exit 2; }
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[fast]' --group dev
	@touch $@

demo: $(READY)
	$(BIN)/saqta demo

test: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m cogapp --check README.md docs/*.md
	$(BIN)/python -m pytest --numprocesses 2 --cov --cov-report=term

bench: $(READY)
	$(BIN)/python -m benchmarks.throughput
	$(BIN)/python -m benchmarks.steps
	$(BIN)/python -m benchmarks.queue
	$(BIN)/python -m benchmarks.memory

clean:
	rm -rf $(VENV) .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
