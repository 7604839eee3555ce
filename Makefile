# Two commands do everything: `make demo` and `make test`. They need Python 3.11+ and install the rest. `make help` lists all targets.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup demo test check audit format benchmark simulate exhaust mutants judge pictures lighthouse email-clients prism docs clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## install everything in .venv, as uv.lock says

$(READY): pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Bilag needs Python 3.11 or later: none was found on the PATH."; exit 1; }
	@echo "Setting up .venv from uv.lock ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	@VIRTUAL_ENV= $(BIN)/uv sync --frozen --inexact --compile-bytecode --quiet
	@touch $@

demo: $(READY)  ## start Bilag with sample data and stand-ins for Moment and the hub (ONCE=1: exit when done)
	@$(BIN)/bilag demo $(if $(ONCE),--once)

test: check  ## run make check and all tests
	@$(BIN)/pytest --numprocesses 4 --dist loadgroup --no-loadscope-reorder

# mypy loads the settings; these variables keep it from starting a database or reading the user's own.
check: $(READY)  ## check format, lint, types, layers, migrations and translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@BILAG_HOME=.mypy_cache/home DATABASE_URL=postgresql://nobody@127.0.0.1:1/none $(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.check_migrations
	@$(BIN)/python -m tools.compile_translations --check

audit: $(READY)  ## look up known vulnerabilities of the shipped packages (asks osv.dev)
	@$(BIN)/python -m tests.security.audit || [ $$? -eq 75 ]

format: $(READY)  ## format the code and apply safe lint fixes
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

benchmark: $(READY)  ## measure speed and memory beside rivals in the same run, and print the ratios (ONLY="backlog latency", QUICK=1)
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

simulate: $(READY)  ## run seeded faults at every request and commit (SEED=7 STEPS=60 replays one; SEEDS=500, MINUTES=10, DESTINATION=poweroffice_go)
	@$(BIN)/python -m simulation.run $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS)) \
		$(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST)) $(if $(MINUTES),--minutes $(MINUTES) --seeds 1000000) $(if $(JSON),--json) \
		$(if $(DESTINATION),--destination $(DESTINATION))

exhaust: $(READY)  ## run every fault at every point, and every pair of them (DEPTH=1, PART=3/8, MINUTES=10, SAMPLE=500, DESTINATION=poweroffice_go; CASE="..." replays one)
	@$(BIN)/python -m simulation.exhaust $(if $(DEPTH),--depth $(DEPTH)) $(if $(PART),--part $(PART)) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(CASE),--case "$(CASE)") $(if $(KEEP),--keep $(KEEP)) $(if $(SINGLES),--singles $(SINGLES)) $(if $(JSON),--json) $(if $(DESTINATION),--destination $(DESTINATION))

mutants: $(READY)  ## change the rules in thousands of places, one at a time, and list what no test notices (ONLY=src/bilag/posting/kid.py)
	@UV_PROJECT_ENVIRONMENT=.venv-mutants $(BIN)/uv sync --frozen --inexact --group mutation --quiet
	@PYTHONPATH=src nice .venv-mutants/bin/python -m tools.mutants $(ONLY) $(MORE)

judge: $(READY)  ## post the sample year to the hub, Tryton and PowerOffice Go and compare the balances, recomputed by beancount
	@BILAG_TEST_WHOLE_YEAR=1 $(BIN)/pytest -p no:xdist tests/ledgers/test_judges.py tests/platforms/test_poweroffice_go_year.py

pictures: $(READY)  ## take a picture of every page: both languages, phone and desk, light and dark (ONLY="transfers setup", TO=folder)
	@BILAG_PICTURES=$(or $(TO),.pictures) ONLY="$(ONLY)" $(BIN)/pytest -p no:xdist -q -o python_functions=take_all tests/browser/take_pictures.py

lighthouse: $(READY)  ## let Lighthouse judge speed and good practice of every page (from npm; ONLY="transfers setup")
	@ONLY="$(ONLY)" $(BIN)/pytest -p no:xdist -q -s -o python_functions=judge_all tests/browser/judge_pages.py

email-clients: $(READY)  ## let caniemail's lists judge the HTML of every email for common clients (from npm)
	@$(BIN)/pytest -p no:xdist -q -o python_functions=judge_all tests/notifications/judge_emails.py

THROUGH_PRISM := $(addprefix tests/platforms/test_poweroffice_go_,conformance.py main_job.py) tests/sandbox_poweroffice_go/test_judge.py
prism: $(READY)  ## run what speaks to PowerOffice Go through Prism, which judges it by the published file (from npm)
	@BILAG_PRISM=1 $(BIN)/pytest -p no:xdist -q $(THROUGH_PRISM)

docs: $(READY)  ## generate docs/commands.md and docs/problems.md, compile the translations
	@$(BIN)/python -m tools.generate_docs
	@$(BIN)/python -m tools.compile_translations

clean:  ## remove .venv, caches and the demo's data
	@rm -rf .benchmarks .caniemail .lighthouse .pictures .prism .venv .venv-mutants .mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .bilag-demo
