# Two commands do all, on a machine with Python 3.11, make and a package index: `make demo` and `make test`.
# Tests have lanes: `test` is the fast one; `test-faults` and `test-integrations` are short; `test-long` plays everything at full size.
# Each sets up what it needs in .venv first, which takes minutes once and no time after that.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
BIN := .venv/bin
ARGS ?=
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 2 ] && echo $$n || echo 2)
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --no-loadscope-reorder
export ORT_DISABLE_TELEMETRY := 1

.PHONY: help demo test test-faults test-integrations test-long check bench docs dev web-dev lock migration server-environment dev-environment integrations-environment
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

demo: server-environment ## replay a stream through the running system (DATA=rentals.csv, ONCE=1)
	$(BIN)/meguri demo $(if $(DATA),--data "$(DATA)") $(if $(ONCE),--once) $(ARGS)

test: check ## everything that is checked, then every fast test (ARGS="-k name", WORKERS=2)
	$(PYTEST) -m "not faults and not long and not integrations" $(ARGS)

test-faults: dev-environment ## kill -9, full disk, lost database: one short round
	$(PYTEST) -m "faults and not long" $(ARGS)

test-integrations: dev-environment integrations-environment ## foreign clients and parsers, and a second user's browser, against our server
	$(PYTEST) tests/integrations tests/e2e/test_access.py $(ARGS)

test-long: dev-environment ## full-size rounds of faults, whole replays (ROUNDS=5, BLOWS=24)
	MEGURI_FAULT_ROUNDS=$(or $(ROUNDS),5) MEGURI_FAULT_BLOWS=$(or $(BLOWS),24) $(PYTEST) -m "faults or long" $(ARGS)

check: dev-environment ## lint, types, layers, web
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python tools/layers.py
	$(BIN)/python hatch_build.py run api-check format-check typecheck lint test

bench: dev-environment ## measurements; figures, no verdicts
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

docs: dev-environment ## write docs/reference from the program, and check every link
	$(BIN)/python -m tools.docs

dev: dev-environment ## a server on this source, its home in .meguri
	$(BIN)/meguri server --home .meguri $(ARGS)

web-dev: dev-environment ## the pages with hot reload, beside `make dev`
	$(BIN)/python hatch_build.py run dev

migration: dev-environment ## write the next migration from the tables (ABOUT="what it does")
	$(BIN)/python tools/migration.py "$(ABOUT)"

lock: dev-environment ## pin requirements/*.txt anew from pyproject.toml
	$(BIN)/python tools/lock.py

server-environment dev-environment integrations-environment: %-environment:
	@test -n "$(PYTHON)" || { echo "meguri needs Python 3.11 or later: install it, or name it with make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" tools/environment.py $*
