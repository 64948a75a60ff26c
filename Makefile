# Two commands: `make run` and `make test`. Needs Python >= 3.11 and make, nothing else.
# `DEMO=0 make run` starts empty. Everything is installed into .venv and node_modules of this folder.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV = .venv
BIN = $(VENV)/bin
PY = $(BIN)/python
PIP = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
DEMO ?= 1
WORKERS ?= 2
ARGS ?=
export PYTHONUTF8 = 1

.PHONY: help run test test-sqlite test-postgres test-browser check translations assets bench bench-full torture pins wheel clean

help:
	@echo 'make run          start Tuoshan with a demo company (DEMO=0: empty)'
	@echo 'make test         whole suite on SQLite and PostgreSQL, then the browser journeys'
	@echo 'make check        style, types, imports, playbooks, rule books, translations'
	@echo 'make bench        measurements, ten minutes; bench-full and torture take much longer'
	@echo 'make assets       build the front end and compile translations'
	@echo 'make wheel        dist/tuoshan-*.whl, which runs without Node'
	@echo 'make pins         resolve requirements/*.txt anew from pyproject.toml'
	@echo 'make clean        remove what was built and installed; data in var/ stays'

$(PY):
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed (python3 was not found or is older).' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo 'If venv is missing, install the package python3-venv.' >&2; exit 1; }

# Each stamp is newer than the lock file it stands for.
$(VENV)/.installed-run: $(PY) requirements/build.txt pyproject.toml
	@echo '安装依赖（首次约一分钟） / Installing dependencies (about a minute, once) …'
	@$(PIP) -r requirements/build.txt
	@echo '安装妥善并构建前端（约半分钟） / Installing Tuoshan, building the front end (about half a minute) …'
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed-run requirements/dev.txt
	$(PIP) -r requirements/dev.txt
	@touch $@

assets: $(VENV)/.installed-run
	@$(PY) hatch_build.py

run: assets
	@$(BIN)/tuoshan run $$(test '$(DEMO)' = 0 || echo --demo) $(ARGS)

test: test-sqlite test-postgres test-browser

test-sqlite: $(VENV)/.installed-dev assets
	TUOSHAN_TEST_DB=sqlite $(PY) -m pytest -n $(WORKERS) -m 'not browser' $(ARGS)

test-postgres: $(VENV)/.installed-dev assets
	TUOSHAN_TEST_DB=postgres $(PY) -m pytest -n $(WORKERS) -m "not browser" --ignore=tests/core --ignore=tests/architecture --ignore=tests/packaging $(ARGS)

test-browser: $(VENV)/.installed-dev assets
	@if $(PY) -m tests.chromium; then \
		$(PY) -m pytest -m browser tests/browser $(ARGS); \
	else \
		echo '************************************************************************'; \
		echo '** NO CHROMIUM FOUND: THE BROWSER JOURNEYS WERE NOT RUN.'; \
		echo '** Debian: apt-get install chromium fonts-noto-cjk. Or TUOSHAN_CHROMIUM=/path'; \
		echo '************************************************************************'; \
	fi

check: $(VENV)/.installed-dev assets
	$(BIN)/ruff check src tests bench tools hatch_build.py
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tuoshan playbook check
	$(BIN)/tuoshan policy check
	$(PY) tools/translations.py

translations: $(VENV)/.installed-dev
	$(PY) tools/translations.py --update

bench: $(VENV)/.installed-dev assets
	$(PY) -m bench $(ARGS)

bench-full: $(VENV)/.installed-dev assets
	$(PY) -m bench --full $(ARGS)

torture: $(VENV)/.installed-dev assets
	$(PY) -m bench torture $(ARGS)

wheel: $(VENV)/.installed-dev assets
	$(PY) -m build --wheel --no-isolation --outdir dist

pins: $(PY)
	$(PY) -m pip install --quiet uv
	PATH="$(CURDIR)/$(BIN):$$PATH" requirements/make-pins

clean:
	rm -rf $(VENV) node_modules dist build src/tuoshan/static/tuoshan/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -type f -exec rm -f {} +
