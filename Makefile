# orderhub: `make demo` shows it, `make test` checks it. Both make their own environment.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: demo env test proof bench dist sbom audit manual lock clean help

help:
	@echo "make demo    run the hub on twins of five stores (ARGS=\"--orders 5000 --seed 7 --exit\")"
	@echo "make test    format, lint, types, import contracts, all tests with coverage"
	@echo "make proof   the long proofs: 300 x 100 simulated orders, sabotages, exam of the kit, kill runs"
	@echo "make bench   measure ratios in one run (ARGS=\"--quick --only intake,webhook\")"
	@echo "make env     make just the environment (.venv)"
	@echo "make dist    build wheel and source distribution into dist/, and print their digests"
	@echo "make sbom    name what the hub is made of: dist/orderhub.cdx.json (CycloneDX)"
	@echo "make audit   ask for known vulnerabilities; says so where nobody can be asked"
	@echo "make manual  build the manual into dist/manual"
	@echo "make lock    write the hash-locked requirements anew"

# A lock names every package, so nothing is left to resolve: a resolver that meets
# `coverage[toml]>=7.10` beside `coverage==7.17.3` asks for the newest release, which has no hash.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

# The environment of a user: what runs the hub, locked by hash.
$(VENV)/.run: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("orderhub needs Python 3.11 or newer: make PYTHON=python3.12 …") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-build-isolation --editable .
	$(BIN)/python -m pip check --disable-pip-version-check
	touch $@

# The environment of a developer: the same and the tools.
$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(INSTALL) --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip check --disable-pip-version-check
	touch $@

env: $(VENV)/.dev

demo: $(VENV)/.run
	$(BIN)/orderhub demo $(ARGS)

test: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered $(ARGS)

proof: $(VENV)/.dev
	$(BIN)/python -m hub.simulation.proof $(ARGS)
	$(BIN)/python -m tests.exam
	$(BIN)/python -m tests.crash.proof

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(ARGS)

# hatchling gives every entry one date of its own, unless the environment names another.
dist: $(VENV)/.run
	env -u SOURCE_DATE_EPOCH $(BIN)/python -m hatchling build -d dist
	$(BIN)/python -m pip hash dist/*.whl dist/*.tar.gz

sbom: $(VENV)/.dev
	mkdir -p dist
	$(BIN)/cyclonedx-py requirements docker/runtime.txt --pyproject pyproject.toml --output-reproducible -o dist/orderhub.cdx.json

audit: $(VENV)/.dev
	$(BIN)/python -m tests.release.audit

# Never --quiet: it hides the very warnings that --strict counts, and then nothing fails.
manual: $(VENV)/.dev
	$(BIN)/mkdocs build --strict --config-file .ci/manual.yml

lock: $(VENV)/.dev
	$(BIN)/uv pip compile pyproject.toml --extra build $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -c requirements.txt -o docker/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --extra build --extra dev $(LOCK) -c requirements.txt -o requirements-dev.txt

LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* dist var
