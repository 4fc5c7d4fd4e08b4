# `make demo` shows it, `make test` checks it. Both need Python 3.11 or newer and nothing else: they make .venv.

PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$one; exit; }; done; echo python3)
JOBS ?= auto
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help test demo soak bench verifier fixtures statements format clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help: ## show this list
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z]*\):.* ## \(.*\)/  \1\t\2/p' Makefile | expand -t 14

test: .venv/.dev .venv/.go .venv/.java ## format, lint, types, import walls, tests
	@$(BIN)/ruff format --check --quiet . || { echo "hint: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@walls=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$walls"; exit 1; }
	@$(BIN)/pytest -q -n $(JOBS) -m "not soak"

demo: .venv/.run ## a phone from a kitchen in Iași to a court in Köln, then five ways to cheat, caught
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python docs/demo/run.py

soak: .venv/.dev ## the long campaigns of the same tests
	@$(BIN)/pytest -q -n $(JOBS) -m soak --hypothesis-profile=default || [ $$? -eq 5 ]
	@for one in tests/soak/campaign_*.py; do [ ! -e "$$one" ] || $(BIN)/python "$$one" || exit 1; done

bench: .venv/.dev ## speed and memory, as ratios to baselines measured beside them
	@$(BIN)/python tests/bench/run.py

verifier: .venv/.dev ## dist/custody-verify.pyz: the expert's single file, and its SHA-256
	@$(BIN)/python .ci/verifier.py

fixtures: .venv/.dev ## write fixtures/ again: fixed keys, fixed clock, the same bytes
	@$(BIN)/python fixtures/generate.py

statements: .venv/.dev ## write the texts of the SQL statements again, after a table or a statement changed
	@$(BIN)/python .ci/statements.py

format: .venv/.dev ## put the code into its form
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

clean: ## remove everything that make has made
	rm -rf .venv build dist demo *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment for both; the demo alone does not need the developers' tools.

define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "error: Python 3.11 or newer is needed; $(PYTHON) is: $$($(PYTHON) --version 2>&1 || true)" >&2; \
	echo "hint: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
@echo "making .venv with $$($(PYTHON) --version) …" >&2
@$(PYTHON) -m venv .venv
endef

.venv/.run: pyproject.toml
	$(environment)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[certificate]'
	@touch .venv/.run

.venv/.dev: pyproject.toml
	$(environment)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch .venv/.dev .venv/.run

# The Go modules that tests/interop compares with, where there is Go; tests fetch nothing, they skip and say so.

.venv/.go: $(wildcard tests/interop/go/*/go.sum) | .venv/.dev
	@if command -v go >/dev/null; then \
		for one in tests/interop/go/*/; do (cd $$one && GOTOOLCHAIN=auto go mod download) || exit 0; done; \
		touch .venv/.go; \
	fi

# The judges of PDF/A and PDF/UA, where there are Java and Maven.

.venv/.java: tests/interop/java/pom.xml | .venv/.dev
	@if command -v java >/dev/null && command -v mvn >/dev/null; then \
		mvn -q -B -f tests/interop/java/pom.xml dependency:copy-dependencies \
			-DoutputDirectory=$(CURDIR)/.venv/java >/dev/null && touch .venv/.java; \
	fi; true
