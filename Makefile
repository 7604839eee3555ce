# Two commands do everything: `make demo` and `make test`. Nothing to install by hand but Python 3.11+.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check audit format benchmark simulate judge docs clean setup

setup: $(READY)

$(READY): pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Bilag needs Python 3.11 or later: none was found on the PATH."; exit 1; }
	@echo "Setting up .venv from uv.lock ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	@VIRTUAL_ENV= $(BIN)/uv sync --frozen --inexact --quiet
	@touch $@

demo: $(READY)  ## set up, start everything embedded, run the main job on sample data (ONCE=1: run through and exit)
	@$(BIN)/bilag demo $(if $(ONCE),--once)

test: check  ## set up and run all checks
	@$(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

# mypy reads the settings: it must neither start a database nor touch the user's own.
check: $(READY)  ## the checks that need no running parts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@BILAG_HOME=.mypy_cache/home DATABASE_URL=postgresql://nobody@127.0.0.1:1/none $(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.check_migrations
	@$(BIN)/python -m tools.compile_translations --check

audit: $(READY)  ## known holes in the packages that Bilag is shipped with (asks osv.dev)
	@$(BIN)/python -m tests.security.audit || [ $$? -eq 75 ]

format: $(READY)  ## put the code in form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

benchmark: $(READY)  ## how fast: transfers against a bare loop over the same calls, pages with a million transfers
	@$(BIN)/python -m benchmarks.transfers
	@$(BIN)/python -m benchmarks.expenses
	@$(BIN)/python -m benchmarks.reconcile
	@$(BIN)/python -m benchmarks.export
	@$(BIN)/python -m benchmarks.pages

simulate: $(READY)  ## faults at every wire call and commit, by seed: SEED=7 STEPS=60 replays one, SEEDS=500 or MINUTES=10 run many
	@$(BIN)/python -m simulation.run $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS)) \
		$(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST)) $(if $(MINUTES),--minutes $(MINUTES) --seeds 1000000) $(if $(JSON),--json)

judge: $(READY)  ## the whole sample year through the hub and through Tryton: the same balances in both, recomputed by beancount
	@BILAG_TEST_WHOLE_YEAR=1 $(BIN)/pytest -p no:xdist tests/ledgers/test_judges.py

docs: $(READY)  ## write the generated pages and texts anew
	@$(BIN)/python -m tools.generate_docs
	@$(BIN)/python -m tools.compile_translations

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .bilag-demo
