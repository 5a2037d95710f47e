# Everything a person types here; `make help` lists it.
PORT ?= 8080
# One more than most machines that test have cores: browsers and databases let a worker wait.
WORKERS ?= 3
SIZE ?= 10000
PYTHON ?= python3
export SHOUWANG_DEMO ?= 1

# Compiled modules are kept, as Python does by itself: each start takes seconds less.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
FLASK := $(BIN)/flask --app app
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
BABEL := $(BIN)/pybabel --quiet

.DEFAULT_GOAL := help
.PHONY: help run test lint bench browser office messages lock

help: ## say what there is to type
	@echo "Usage: make <what> [NAME=value]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' Makefile

run: .venv/run ## serve a demo county on 127.0.0.1:8080, worker beside it (PORT=, DATABASE_URL=, JOBS_URL=, DEMO_PASSWORD=)
	@$(FLASK) prepare
	@PORT=$(PORT) exec $(BIN)/python deploy/run.py

test: lint browser office ## everything: lint, SQLite, PostgreSQL, browser (WORKERS=3, ARGS= for pytest)
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint: .venv/dev ## style, types, layers, templates
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint app/templates

bench: .venv/dev benchmarks/.venv-peers/ready ## measure lists, search, export against floor and peers (SIZE=10000, ARGS=)
	$(BIN)/python -m benchmarks --children $(SIZE) $(ARGS)

browser: .venv/dev ## install Chromium and a Chinese font where this machine lacks them
	@sh tests/support/install_browser.sh

office: ## install LibreOffice Calc where this machine lacks it: a test opens our workbooks in it
	@sh tests/support/install_office.sh

messages: .venv/run ## gather the words of app/, update and compile the English catalogue
	$(BABEL) extract --mapping-file pyproject.toml --keyword lazy_gettext --no-location --sort-output --output-file var/messages.pot app
	$(BABEL) update --input-file var/messages.pot --output-dir app/translations --locale en --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date --no-wrap
	$(BABEL) compile --directory app/translations

lock: .venv/dev ## write requirements*.txt anew from pyproject.toml
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra test --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	$(LOCK) --output-file benchmarks/requirements-peers.txt benchmarks/requirements-peers.in

# A stamp a list: pip runs only when the list has changed.
.venv/run: requirements.txt
.venv/dev: requirements-dev.txt
.venv/run .venv/dev:
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing $< …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Peers live in an environment of their own: they want other versions, and nothing of theirs is ours.
benchmarks/.venv-peers/ready: benchmarks/requirements-peers.txt
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@echo "Installing $< …"
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
