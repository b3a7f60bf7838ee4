# make run    a whole Gatehouse at http://localhost:8000 (PORT, DATA_DIR, DATABASE_URL and REDIS_URL are honored)
# make dev    the same for development: reloads what was changed, shows errors in full
# make test   linters, types and all tests
# make bench  measure against other providers, written to bench/RESULTS.md (DATABASE_URL and ARGS are honored)
#
# make test-fast   the quick tests, in two or three minutes; the database is kept between runs
# make coverage    all tests, and which lines and branches of the source they miss
# make messages    bring the translations in line with the source, and compile them

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.PHONY: run dev bench test test-fast coverage messages lint format types shell tests requirements venv venv-dev tools
MAKEFLAGS += --no-print-directory
TEST_WORKERS ?= 2

run: venv
	@.venv/bin/python -m config.serve

dev: venv-dev
	@DEBUG=true .venv/bin/python -m config.serve --reload

bench: venv-dev
	@.venv/bin/python -m bench $(ARGS)

test: lint types tools tests

tests: venv-dev
	@.venv/bin/python -m pytest -n $(TEST_WORKERS) --dist worksteal $(ARGS)

# After a changed migration: make test-fast ARGS=--create-db
test-fast: venv-dev
	@.venv/bin/python -m pytest -q -m "not slow" --reuse-db -n $(TEST_WORKERS) --dist worksteal $(ARGS)

coverage: venv-dev
	@.venv/bin/python -m pytest -q -n $(TEST_WORKERS) --dist worksteal --cov --cov-report=term-missing:skip-covered $(ARGS)

messages: venv-dev
	@.venv/bin/python -m config.catalogs

lint: venv-dev
	@.venv/bin/ruff check --quiet --output-format concise .
	@.venv/bin/ruff format --check --quiet . || { echo "Not formatted; run: make format"; .venv/bin/ruff format --check .; }
	@output=$$(.venv/bin/lint-imports 2>&1) || { echo "$$output"; exit 1; }
	@.venv/bin/python -m tests.dead_code
	@echo "lint: ruff, import rules and the search for dead code are clean"

format: venv-dev
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format .

types: venv-dev
	@.venv/bin/mypy

shell: venv
	@.venv/bin/python manage.py shell

requirements: venv-dev
	@for name in requirements requirements-embedded requirements-dev; do \
		.venv/bin/pip-compile --quiet --strip-extras --annotation-style=line --no-emit-options --no-emit-index-url \
			--no-emit-find-links --no-emit-trusted-host $(ARGS) --output-file=$$name.txt $$name.in; \
	done

venv:
	@.ci/venv run

venv-dev:
	@.ci/venv dev

tools:
	@.ci/tools
