# `make` lists what can be done; `make run` and `make test` do all their set-up themselves.
# The first Python on the PATH that is recent enough.
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do $$p -c '$(SUITS)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test browser lint lint-quick check client format docs bench ci lock full sbom deploy-check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY) ## make .venv with what the product needs
install-dev: $(READY_DEV) ## the same with what development needs

$(READY): requirements.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(SUITS)' || { echo "Python 3.11, 3.12 or 3.13 is needed and none is on the PATH. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the product needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $(READY)

$(READY_DEV): $(READY) requirements-dev.txt
	@echo "Installing what development needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(READY_DEV)

run: $(READY) ## run the product: web server, worker, beat, broker; Ctrl-C ends it
	@exec $(BIN)/python -m launch

test: $(READY_DEV) ## run the tests on SQLite, then on PostgreSQL + Redis where they answer
	@$(BIN)/python -m tools.run_tests $(ARGS)

browser: $(READY_DEV) ## drive the desk in a real browser: pages, accessibility, screenshots
	@sh tools/chromium.sh
	@$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --timeout=300 tests/browser $(ARGS)

full: $(READY_DEV) ## run the slow sweeps, and on each database what CI leaves out there
	@$(BIN)/python -m tools.run_tests -m full
	@$(BIN)/python -m tools.run_tests --left-out

lint: lint-quick ## format, faults, types, import directions, templates
	@$(BIN)/mypy
	@$(BIN)/mypy --strict --config-file clients/python/pyproject.toml clients/python/src
	@$(BIN)/lint-imports --no-cache > var/import-contracts.log 2>&1 || { cat var/import-contracts.log; exit 1; }
	@$(BIN)/djade --check $$(git ls-files 'templates/*.html')
	@$(BIN)/djlint --lint --quiet templates

lint-quick: $(READY_DEV) ## format and faults; what pre-commit runs
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .

client: $(READY_DEV) ## test the Python client and build its wheel into var/client
	@$(BIN)/python -m pytest --quiet --rootdir clients/python -c clients/python/pyproject.toml clients/python/tests
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir var/client clients/python
	@ls var/client/*.whl

check: $(READY_DEV) ## Django's checks, migrations, translations, names, generated files
	@$(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python manage.py makemigrations --check --dry-run > /dev/null || { echo "Models changed without a migration: python manage.py makemigrations"; exit 1; }
	@$(BIN)/python -m tools.translations --check
	@$(BIN)/python -m tools.vocabulary
	@$(BIN)/python -m tools.generate --check
	@$(BIN)/python -m tools.openapi
	@$(BIN)/python -m tools.licenses
	@$(BIN)/python -m tools.migrations

format: $(READY_DEV) ## bring code and templates into form
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djade $$(git ls-files 'templates/*.html') || true

docs: $(READY_DEV) ## make the generated files again
	@$(BIN)/python -m tools.translations
	@$(BIN)/python -m tools.generate

bench: $(READY_DEV) ## measure posting and sweeping on PostgreSQL
	@$(BIN)/python -m benchmarks $(ARGS)

ci: lint check client test ## what CI runs

deploy-check: $(READY_DEV) ## start what deploy/compose.yaml says as processes, behind nginx with TLS, and check it from outside
	@$(BIN)/python -m pytest -m full tests/deploy

sbom: $(READY_DEV) ## write the bill of materials of the product itself (CycloneDX) into var/sbom.json
	@mkdir -p var && $(BIN)/python -m tools.licenses --sbom var/sbom.json

lock: ## pin the direct dependencies and all that they need
	@sh tools/lock.sh $(PYTHON)
