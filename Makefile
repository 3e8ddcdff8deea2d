# Everything a fresh machine needs is git, make and Python >= 3.11: each target sets up what it uses.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)

# make demo: FOR=60 ends by itself after a minute, PORT=0 picks a free port.
FOR  ?=
PORT ?= 8080
# make test: ARGS="-k silent" is passed on to pytest.
ARGS ?=

# Tests start many processes; each would compile everything anew where compiled files are forbidden.
unexport PYTHONDONTWRITEBYTECODE

PIP_FLAGS := -qq --disable-pip-version-check
ifeq ($(UV),)
install = $(BIN)/python -m pip install $(PIP_FLAGS)
else
install = uv pip install --quiet --python $(BIN)/python
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo stack secrets test fast check format coverage docs dashboards evaluate lock real-parts clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## Make .venv with the hearthbeat command in it
	@echo "Ready: $(BIN)/hearthbeat --help"

demo: $(VENV)/.runtime ## Watch a simulated fleet live (FOR=seconds PORT=8080)
	@$(BIN)/hearthbeat demo --port $(PORT) $(if $(FOR),--for $(FOR))

stack: $(VENV)/.dev real-parts ## Run what docker-compose.yml describes, without containers (ARGS="--speed 30")
	@$(BIN)/python -m tools.stack $(ARGS)

secrets: $(VENV)/.dev ## Make the passwords that docker-compose.yml mounts, once
	@$(BIN)/python -m tools.make_secrets

test: $(VENV)/.dev real-parts ## Run every test, with real broker, Prometheus, Alertmanager and browser
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

fast: $(VENV)/.dev ## Run the quick tests only: no real programs, nothing slow, no house rules (make check)
	@$(BIN)/python -m pytest --numprocesses auto --ignore=tests/house -m "not slow and not mosquitto and not prometheus and not alertmanager and not browser" $(ARGS)

check: $(VENV)/.dev ## Lint, formatting, types and the house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/house -m "not slow"

format: $(VENV)/.dev ## Format the code and apply safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

coverage: $(VENV)/.dev ## Branch coverage of the pure rooms, which must be complete
	@$(BIN)/python -m pytest -q --numprocesses auto tests/unit --cov=monitor.core --cov=monitor.devices --cov=monitor.decoders \
	  --cov-branch --cov-report=term-missing --cov-fail-under=100

docs: $(VENV)/.dev ## Write the configuration reference anew from the settings
	@$(BIN)/python -m tools.config_reference write

dashboards: $(VENV)/.dev ## Write Grafana's dashboards anew from their source
	@$(BIN)/python -m dashboards.grafana.source.boards

evaluate: $(VENV)/.dev ## Run the long evaluation and write its table
	@$(BIN)/python -m benchmarks.evaluate $(ARGS)

real-parts: $(VENV)/.dev ## Find or fetch the real programs that the tests use
	@$(BIN)/python -m tools.real_parts obtain

lock: ## Pin every dependency anew (needs uv); review the difference before committing
	@command -v uv >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv"; exit 1; }
	$(compile) --group build --output-file requirements.lock
	$(compile) --group dev --extra evaluation --constraints requirements.lock --output-file requirements-dev.lock
compile = uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml

clean: ## Remove the environment, the caches and everything built
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: installing again only when a lock or the project's own description changed.
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; choose one with make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@echo "Making $(VENV) (once; about half a minute)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is incomplete here; on Debian and its kin: apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/pyvenv.cfg
	@$(install) --require-hashes -r requirements.lock
	@$(install) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(install) --require-hashes -r requirements-dev.lock
	@touch $@
