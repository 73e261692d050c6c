# Two commands for everybody: `make run` serves the page (and brings its database up to date),
# `make test` proves the whole thing.
# Both set up .venv from requirements.lock first; nothing but Python >= 3.11 and make is needed.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test compare strength mutants bench bench-quick profile fuzz lint lock docs words clean

run: $(READY)
	@exec $(BIN)/cets serve --port $(PORT)

# Files in their order: sorted by their number of tests, those with few long ones would come last.
test: $(READY) lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# The reference against the second implementation: 100,000 random inputs an operation.
compare: $(READY)
	CETS_CASES=100000 $(BIN)/python -m pytest -q \
	  tests/reference/test_second_implementation_compliance.py

# Side by side with what else reads or validates such a table, 10^4 to 10^7 rows, and the service
# under load; hours on a busy machine. Renews tests/bench/ and the table in both READMEs.
bench: $(READY)
	$(BIN)/python -m tests.bench --keep

# The same in some minutes, for CI: prints the ratios, fails on a wrong finding only.
bench-quick: $(READY)
	$(BIN)/python -m tests.bench --quick

# Where the time goes: renews the profile in tests/bench/README.md.
profile: $(READY)
	$(BIN)/python -m tests.bench.profile

# The API against its own description: this many examples an operation, right ones and wrong ones.
FUZZ ?= 100
fuzz: $(READY)
	CETS_FUZZ=$(FUZZ) timeout 600 $(BIN)/python -m pytest -q tests/service/operations/test_fuzz.py

# The golden vectors against every mistake and every mutant of the reference: red below 100 %.
strength: $(READY)
	$(BIN)/python -m tests.mutants.strength

# Every mutant before all vectors, and before the tests where no vector can notice it; renews
# tests/mutants/results.json and what is published of it. Takes an hour or two.
mutants: $(READY)
	$(BIN)/python -m tests.mutants.run

lint: $(READY)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The lock is made by uv for every platform, with hashes; `make lock` renews it.
lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --upgrade --quiet -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; set PYTHON=… / 需要 Python 3.11 及以上版本"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# The clause table of reference/README.md, and what the vectors catch (docs/strength.md).
docs: $(READY)
	$(BIN)/python -m tests.house.clause_table
	$(BIN)/python -m tests.mutants.publish

# What click and the help of commands say in Chinese: messages/click.toml and help.toml, compiled.
words: $(READY)
	$(BIN)/python -m tests.house.words

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
