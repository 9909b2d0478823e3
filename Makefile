# Every command of this project. `make run` and `make test` bring all they need; nothing else is installed by hand.

PORT ?= $(or $(ANALYST_PORT),8080)
API_PORT ?= $(or $(ANALYST_API_PORT),8081)
PYTHON ?=

BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test test-aws check docs snapshots bench bench-sql injections probe-cache fuzz lock clean setup-run setup-dev setup-test

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | sed 's/|\(.*\)/\t\1/' | expand -t 18

run: setup-run  ## set everything up and serve the page on http://localhost:8080 (PORT=, API_PORT= to change)
	@ANALYST_PORT=$(PORT) ANALYST_API_PORT=$(API_PORT) exec $(BIN)/analyst up

test: setup-test  ## set everything up and pass the tests (ARGS= goes to pytest)
	@$(BIN)/python -m pytest $(ARGS)

test-aws: setup-test  ## the tests against real Athena and Redshift, which ANALYST_TEST_ATHENA_URL and others name
	@$(BIN)/python -m pytest -m aws -rs tests/engines $(ARGS)

check: setup-dev  ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@MYPYPATH=code $(BIN)/mypy code/analyst
	@for root in code/data-analyst code/querybot; do \
		[ ! -e $$root/lambda_function.py ] || MYPYPATH=code $(BIN)/mypy $$root/lambda_function.py || exit 1; done
	@cd streamlit && MYPYPATH=../code ../$(BIN)/mypy --config-file ../pyproject.toml --cache-dir ../.mypy_cache/page .
	@cd tools && MYPYPATH=../code ../$(BIN)/mypy --config-file ../pyproject.toml --cache-dir ../.mypy_cache/tools .
	@MYPYPATH=layers $(BIN)/mypy --cache-dir .mypy_cache/layers layers/recipe.py layers/rds_bundle.py
	@cd cdk && ../$(BIN)/mypy --config-file ../pyproject.toml --cache-dir ../.mypy_cache/cdk .
	@$(BIN)/shellcheck layers/build.sh
	@$(BIN)/hadolint streamlit/Dockerfile
	@PYTHONPATH=code $(BIN)/lint-imports --no-logo
	@$(BIN)/python tools/document.py --check

docs: setup-dev  ## write docs/settings.md, options.md, costs.md and rights.md from the code
	@$(BIN)/python tools/document.py
	@$(BIN)/python tools/document_rights.py

snapshots: setup-dev  ## write tests/infra/snapshots anew, after a change of the templates that is meant
	@RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/infra/test_template_snapshots.py

bench: setup-dev  ## measure and print a table (needs an idle machine)
	@$(BIN)/python tools/bench.py $(ARGS)

bench-sql: setup-dev  ## how often the SQL is right (SUITE=, URL=, MODE=, ABLATE=1, ARGS="--against FILE")
	@$(BIN)/python tools/bench_sql.py $(SUITE) $(if $(URL),--url '$(URL)') $(if $(MODE),--mode $(MODE)) \
		$(if $(ABLATE),--ablate $(if $(filter-out 1,$(ABLATE)),'$(ABLATE)') --record ablation) $(ARGS)

injections: setup-run  ## attempts to talk the model and the rules around, with the real model (ARGS="--only ID")
	@$(BIN)/python tools/injections.py $(ARGS)

probe-cache: setup-dev  ## whether approved answers are served for what means something else (ARGS="--half held --show misses")
	@PYTHONPATH=code:tools $(BIN)/python tools/probe_cache.py $(ARGS)

fuzz: setup-dev  ## statements that nobody wrote, against the guard (FOR=3600 seconds, SEED=, DIALECT=)
	@PYTHONPATH=code:tools $(BIN)/python -W ignore tools/fuzz.py --seconds $(or $(FOR),3600) --seed $(or $(SEED),0) \
		--dialect $(or $(DIALECT),all)

lock: setup-dev  ## pin the packages anew (UPGRADE=--upgrade takes the newest)
	@compile() { $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command 'make lock' $(UPGRADE) "$$1.in" -o "$$1.txt" $${2:+-c "requirements/$$2.txt"}; } && \
	compile requirements/bootstrap && compile requirements/run bootstrap && compile requirements/dev run && \
	compile requirements/node && compile requirements/deploy dev && compile requirements/cloud bootstrap && \
	compile requirements/page run && \
	for layer in base data minilm; do compile "layers/$$layer" run || exit 1; done

clean:  ## remove what set-up and checks made in this folder (data and cache folders stay)
	@rm -rf .venv .venv-cloud cdk/.venv cdk/node_modules cdk/cdk.out layers/build build
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Any Python from 3.11 on can set up; a name on PATH may be an empty shim, so each is tried by running it.
define prepare
for python in $(PYTHON) $(BIN)/python python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; done; \
[ -n "$$python" ] || { echo 'Python 3.11 or newer is needed and none was found; install one or name it: make PYTHON=/path/to/python3' >&2; exit 1; }; \
exec "$$python" tools/prepare.py
endef

setup-run:
	@$(prepare) run

setup-dev:
	@$(prepare) dev

setup-test:
	@$(prepare) dev cloud
