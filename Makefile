# Two commands do everything on a fresh machine with Python >= 3.11 and Node >= 20: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
PAGE := src/vitascope/server/static/index.html

.PHONY: run test lint types unit page page-test browser clean

run: $(VENV)/.installed $(PAGE)
	$(BIN)/vitascope serve --host $(HOST) --port $(PORT)

test: lint types page-test unit

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vitascope needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[server,dicom,heic,plot,dev]'
	touch $@

web/node_modules/.installed: web/package.json web/package-lock.json
	node -e 'const [a, b] = process.versions.node.split("."); process.exit(a < 20 || (a == 20 && b < 19) ? 1 : 0)' \
		|| { echo 'Vitascope needs Node 20.19 or newer.'; exit 1; }
	npm --prefix web ci --no-audit --no-fund
	touch $@

$(PAGE): web/node_modules/.installed $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null) $(wildcard src/vitascope/models/*/model.onnx)
	npm --prefix web run build

page: $(PAGE)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

page-test: web/node_modules/.installed $(PAGE)
	npm --prefix web run check
	npm --prefix web test

browser:
	@sh tests/install_chromium.sh

unit: $(VENV)/.installed $(PAGE) browser
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) web/node_modules src/vitascope/server/static
