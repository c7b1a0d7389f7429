# `make sandbox` and `make test` are each all a fresh machine with Python 3.11 to 3.13 needs.
# Everything lives in .venv; stamp files there make the second run start at once.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PORT ?= 8765
# Right for two cores: some tests wait for programs of their own.
WORKERS ?= 3
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
	>/dev/null 2>&1 && echo "$$name" && break; done)

# Programs start a third faster when what was compiled is kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup sandbox test faults lint format bench lock clean
.DELETE_ON_ERROR:

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

sandbox: $(VENV)/.project ## Try Andon in a small Slack on this machine (PORT=8765)
	$(BIN)/andon sandbox --port $(PORT)

test: $(VENV)/.tools ## Run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

faults: $(VENV)/.tools ## Let every outbound call meet every fault, each case alone, and print the table
	$(BIN)/python -m pytest tests -m whole -n $(WORKERS) --show-capture=no --tb=short $(ARGS)

lint: $(VENV)/.tools ## Check style, types and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.tools ## Mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.tools ## Measure, and write bench.json
	$(BIN)/python -m tests.benchmarks

setup: $(VENV)/.tools ## Prepare .venv for developing

lock: $(VENV)/.tools ## Resolve the lock files anew
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile $(LOCKING) --group build pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCKING) --group build --extra dev --constraint requirements.lock \
		pyproject.toml --output-file requirements-dev.lock

LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## Remove everything that was made here
	rm -rf $(VENV) build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find bot storage playbooks tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Andon needs Python 3.11, 3.12 or 3.13 with venv; name one: make PYTHON=/path/to/python3"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.locked: requirements.lock | $(VENV)/.python
	$(PIP) install --quiet --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.locked
	$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.tools: requirements-dev.lock $(VENV)/.project
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@
