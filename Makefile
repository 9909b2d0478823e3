# Every command of this project. `make run` and `make test` bring all they need; nothing else is installed by hand.

PORT ?= $(or $(ANALYST_PORT),8080)
API_PORT ?= $(or $(ANALYST_API_PORT),8081)
PYTHON ?=

BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test check docs bench lock clean setup-run setup-dev

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | sed 's/|\(.*\)/\t\1/' | expand -t 16

run: setup-run  ## set everything up and serve the page on http://localhost:8080 (PORT=, API_PORT= to change)
	@ANALYST_PORT=$(PORT) ANALYST_API_PORT=$(API_PORT) exec $(BIN)/analyst up

test: setup-dev  ## set everything up and pass the tests (ARGS= goes to pytest)
	@$(BIN)/python -m pytest $(ARGS)

check: setup-dev  ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@MYPYPATH=code $(BIN)/mypy code/analyst
	@for root in code/data-analyst code/querybot; do \
		[ ! -e $$root/lambda_function.py ] || MYPYPATH=code $(BIN)/mypy $$root/lambda_function.py || exit 1; done
	@cd streamlit && MYPYPATH=../code ../$(BIN)/mypy --config-file ../pyproject.toml --cache-dir ../.mypy_cache/page .
	@cd tools && MYPYPATH=../code ../$(BIN)/mypy --config-file ../pyproject.toml --cache-dir ../.mypy_cache/tools .
	@PYTHONPATH=code $(BIN)/lint-imports --no-logo
	@$(BIN)/python tools/document.py --check

docs: setup-dev  ## write docs/settings.md from the code
	@$(BIN)/python tools/document.py

bench: setup-dev  ## measure and print a table (needs an idle machine)
	@$(BIN)/python tools/bench.py $(ARGS)

lock: setup-dev  ## pin the packages anew (UPGRADE=--upgrade takes the newest)
	@cd requirements && compile() { ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' $(UPGRADE) "$$@"; } && \
	compile bootstrap.in -o bootstrap.txt && compile run.in -c bootstrap.txt -o run.txt && \
	compile dev.in -c run.txt -o dev.txt && compile node.in -o node.txt

clean:  ## remove what set-up and checks made in this folder (data and cache folders stay)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
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
