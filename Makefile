# One word per task. `make run` and `make test` need nothing but Linux, make, bash and Python 3.11 or later.
.DEFAULT_GOAL := help
.PHONY: help run test api setup setup-test lint format messages bench golden clean

PYTHON := .venv/bin/python
CODE := $(wildcard app.py engine pages scripts tests)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: setup ## set up what is missing, then open the app and print its address (PORT=8600 for another port)
	@$(PYTHON) scripts/run.py

test: setup-test ## everything: style, types, all tests, the real browser too
	@$(MAKE) --no-print-directory check
	@OMP_NUM_THREADS=1 $(PYTHON) -m pytest -n 2 --dist loadfile

api: setup ## the same for programs, over HTTP on this machine only (PORT=8700 for another port)
	@$(PYTHON) -m engine.api

lint: setup-test check ## style and types only

.PHONY: check
check:
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy $(CODE)

format: setup-test ## let ruff put the style right
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

messages: setup-test ## collect the sentences, update and compile the translations
	@$(PYTHON) scripts/messages.py

bench: setup-test ## speeds, as ratios against named references in the same run
	@$(PYTHON) -m scripts.bench

golden: setup-test ## write the golden files of tests/golden anew; read the difference before committing
	@set -e; for script in tests/golden/regenerate_*.py; do $(PYTHON) -m tests.golden.$$(basename $$script .py); done

clean: ## remove the environment and everything made
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@bash scripts/setup.sh run

setup-test:
	@bash scripts/setup.sh test
