# 宠粉 Chongfen. One command for a newcomer: make run
#   make setup        .venv from pinned, hashed requirements
#   make run          setup, then the demo: import, plan, write, desk at http://127.0.0.1:8765
#   make test         every test (fetches Chromium and fonts where it may)
#   make lint         style, types, floors, prompt library
#   make bench        the figures of docs/benchmarks.md
#   make chaos        kill -9, full disks, cut answers, jumping clocks: the table of what came of it (20 minutes)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
PEERS := tests/peers/node_modules/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Wheels are compiled on first import instead of all at once: a third of the installing time.
INSTALL := $(PIP) install --quiet --no-compile --require-hashes
DEMO_FLAGS ?=
TEST_FLAGS ?=

.PHONY: help setup dev run test lint format bench screenshots chaos lock clean

help:
	@sed -n 's/^#   //p' Makefile

setup: $(RUN_STAMP)
	@:

dev: $(DEV_STAMP)
	@:

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "需要 Python 3.11 或更新的版本，「$(PYTHON)」不是或找不到。装好后用 make PYTHON=python3.12 $(or $(MAKECMDGOALS),setup) 指定。" >&2; \
	  echo "Python 3.11 or newer is needed; name it with make PYTHON=python3.12 $(or $(MAKECMDGOALS),setup)." >&2; exit 2; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo "没能建立 $(VENV)：Debian/Ubuntu 请先 apt-get install python3-venv，再试一次。" >&2; \
	  rm -rf $(VENV); exit 2; }

$(RUN_STAMP): requirements/run.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "安装依赖（只有第一次，约半分钟）…"
	@$(INSTALL) -r requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): requirements/dev.txt $(RUN_STAMP)
	@echo "安装测试和检查的工具…"
	@$(INSTALL) -r requirements/dev.txt
	@$(BIN)/python -c 'import langchain_openai' # compiled now, not inside a test that measures time
	@touch $@

run: setup
	@exec $(BIN)/chongfen demo $(DEMO_FLAGS)

# A server of other people that the model tests talk to besides our own; without npm those tests say they are skipped.
$(PEERS): tests/peers/package-lock.json
	@if command -v npm >/dev/null 2>&1; then \
	  npm ci --prefix tests/peers --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else \
	  echo "没有 npm（需要 Node 20 以上）：和第三方模型服务器对话的测试会跳过。" >&2; \
	fi

test: dev $(PEERS)
	@sh tests/system-packages.sh
	$(BIN)/python -m pytest -n auto --maxprocesses=4 --dist loadfile $(TEST_FLAGS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/chongfen prompts lint

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev
	$(BIN)/python -m benchmarks

# Only the tests that kill processes, cut connections and jump the clock; 200 deaths on each database, and the table.
chaos: dev
	$(BIN)/python -m pytest -m faults --chaos-runs=200 $(TEST_FLAGS)

screenshots: dev
	@sh tests/system-packages.sh
	$(BIN)/python docs/screenshots/make.py

# Newer versions of everything: LOCK_FLAGS=--upgrade
lock:
	@test -x .cache/lock/bin/uv || { $(PYTHON) -m venv .cache/lock && .cache/lock/bin/python -m pip install -q uv; }
	.cache/lock/bin/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 $(LOCK_FLAGS) pyproject.toml requirements/build.in -o requirements/run.txt
	.cache/lock/bin/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 $(LOCK_FLAGS) --extra dev -c requirements/run.txt pyproject.toml requirements/build.in \
	  -o requirements/dev.txt

clean:
	rm -rf $(VENV) tests/peers/node_modules .cache .mypy_cache .ruff_cache .import_linter_cache build dist
