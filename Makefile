# Nexus: `make run` opens the shop, `make test` checks it. Needs only Python 3.11 and git.
#
#   make run PORT=8123 DATA_DIR=/some/where
#   make test ARGS="-k place_order"

PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
COMPILE_ALONE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header
COMPILE := $(COMPILE_ALONE) pyproject.toml
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
	--no-deps --require-hashes --requirement

NPM_CI := npm ci --silent --ignore-scripts --no-fund --no-audit --prefix

.PHONY: help run test faults lint format messages api-docs contract contract-lint contract-breaking contract-fuzz contract-postman contract-graphql clients docs lock clean
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 19

run: .venv/base-installed ## Open the shop at http://127.0.0.1:8000 (HOST, PORT, DATA_DIR; STRIPE=sim)
	@$(BIN)/python -m config.launch

test: .venv/dev-installed ## Run all tests in parallel (ARGS go to pytest)
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

faults: .venv/dev-installed ## Stop and kill servers and processes of the tests' own (minutes)
	@$(BIN)/python -m pytest -m "faults and not outage" -n 2 --dist worksteal tests/faults $(ARGS)
	@$(BIN)/python -m pytest -m outage tests/faults $(ARGS)

contract-graphql: .venv/dev-installed ## Audit GraphQL over HTTP with graphql-http (npm)
	@$(NPM_CI) contract/graphql
	@$(BIN)/python -m pytest -s contract/graphql $(ARGS)

lint: .venv/dev-installed ## Check format, style, types, architecture, dependencies, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py export_api --check

format: .venv/dev-installed ## Put the code in its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: .venv/dev-installed ## Bring locale/ up to date with the code (ARGS=LANGUAGE begins one)
	@$(BIN)/python -m contract.catalogues $(ARGS)

api-docs: .venv/dev-installed ## Write docs/api/ from the code
	$(BIN)/python manage.py export_api

contract: contract-lint contract-breaking contract-graphql contract-postman clients contract-fuzz docs ## All of the contract and the documentation, as CI does it (Node 20)

contract-lint: contract/node_modules/installed ## Check docs/api/openapi.json by Redocly's and Spectral's rules
	contract/node_modules/.bin/redocly lint --config contract/redocly.yaml docs/api/openapi.json
	contract/node_modules/.bin/spectral lint --ruleset contract/spectral.yaml \
		--fail-severity hint docs/api/openapi.json

contract-breaking: .venv/base-installed ## Refuse what would break clients of docs/api/released/
	@$(BIN)/python -m contract.breaking $(ARGS)

contract-fuzz: .venv/base-installed .tools/contract/installed ## Ask a shop all that the document allows, and more (ARGS=--nightly)
	@$(BIN)/python -m contract.fuzz $(ARGS)

contract-postman: .venv/base-installed contract/node_modules/installed ## Run the Postman collection from start to end
	@$(BIN)/python -m contract.postman

clients: .venv/base-installed .tools/contract/installed clients/typescript/node_modules/installed ## Make the clients of docs/clients.md, and buy something with each
	@$(BIN)/python -m contract.clients $(ARGS)

docs: .venv/base-installed .tools/docs/installed ## Write the documentation as a site, with the API reference, to site/
	@NO_MKDOCS_2_WARNING=true .tools/docs/bin/mkdocs build
	@echo "open site/index.html"

lock: .venv/dev-installed ## Choose the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --upgrade --output-file requirements/base.txt
	$(COMPILE) --upgrade --group dev --constraint requirements/base.txt \
		--output-file requirements/dev.txt
	$(COMPILE_ALONE) --upgrade --group contract --output-file requirements/contract.txt
	$(COMPILE_ALONE) --upgrade --group docs --output-file requirements/docs.txt

clean: ## Remove the virtual environment and caches; the data in .data stays
	rm -rf .venv .tools site contract/node_modules clients/*/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The virtual environment: made once, filled again when a lock file changes ------------

.venv/bin/python:
	@$(PYTHON) config/check_python.py
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv

.venv/base-installed: requirements/base.txt | .venv/bin/python
	@echo "Installing the requirements (a minute at first)"
	@$(INSTALL) requirements/base.txt
	@touch $@

# The lock for development holds everything of the other one.
.venv/dev-installed: requirements/dev.txt requirements/base.txt | .venv/bin/python
	@echo "Installing the requirements for development (a minute at first)"
	@$(INSTALL) requirements/dev.txt
	@touch .venv/base-installed $@

# --- Tools that stand alone: each kind is installed when a target first needs it -----------

.tools/%/installed: requirements/%.txt
	@echo "Installing the tools for $* (a minute at first)"
	@test -x .tools/$*/bin/python || $(PYTHON) -m venv .tools/$*
	@.tools/$*/bin/python -m pip install -qq --disable-pip-version-check --no-input \
		--no-deps --require-hashes --requirement $<
	@touch $@

%/node_modules/installed: %/package-lock.json
	@$(NPM_CI) $*
	@touch $@
