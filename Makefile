# The one entry point to remember: `make site` builds the site, `make test` tests everything.
# Both begin from a fresh clone: they make .venv with pinned versions and see to the system's tools.

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
READY := .venv/.ready

# The commit's time instead of the clock's: the same commit gives the same site on any day.
SOURCE_DATE_EPOCH ?= $(shell git -c safe.directory='*' log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH

# What stands on the PDF's cover.
VERSION ?= $(shell git -c safe.directory='*' describe --tags --always 2>/dev/null)

# A word about other tools, which would stand in the midst of ours.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help site pdf serve test check traces picture bench conformance clean tools-site tools-pdf tools-test toolchains

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-8s %s\n", $$1, $$2 }'

site: tools-site $(READY) ## build the site into site/
	$(BIN)/mkdocs build --strict

pdf: tools-pdf $(READY) ## build the site with its PDFs: site/stackreel.pdf, and stackreel.en.pdf in English
	STACKREEL_PDF=true STACKREEL_PDF_VERSION=$(VERSION) $(BIN)/mkdocs build --strict

serve: tools-site $(READY) ## show the site on http://127.0.0.1:8000/ and rebuild what changes
	$(BIN)/mkdocs serve --livereload

test: tools-test $(READY) toolchains ## run all tests
	$(BIN)/pytest -n $(JOBS) --stackreel docs tests

check: tools-test $(READY) toolchains ## the single gate: format, lint, types, layers, tests, strict site
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/mypy docs/theme/*.py
	$(BIN)/lint-imports
	.cache/npm/node_modules/.bin/tsc --project plugins/stackreel/page/assets/player
	$(BIN)/pytest -n $(JOBS) --stackreel docs tests
	$(BIN)/mkdocs build --strict

bench: tools-test $(READY) ## measure recording against gdb, building against building without figures, and the PDF
	PYTHONPATH=tests $(BIN)/python -m bench

conformance: tools-test $(READY) toolchains ## run Go's own test programs here and on the CPU, and list what differs
	PYTHONPATH=tests $(BIN)/python -m conformance

traces: tools-test $(READY) toolchains ## rebuild examples' binaries and golden traces; ACCEPT=1 takes what differs
	$(BIN)/stackreel traces $(if $(ACCEPT),--accept)

picture: $(READY) ## draw the README's picture anew
	PYTHONPATH=tests $(BIN)/python -m bench.picture > docs/assets/c-sum.svg

clean: ## remove what was built and the caches; .venv stays
	rm -rf site dist build .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(READY): .ci/requirements.txt pyproject.toml | tools-site
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement .ci/requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

toolchains: $(READY) ## get the Go toolchains that made the examples' binaries, into .cache/toolchains
	@$(BIN)/python .ci/toolchains.py .cache/toolchains

tools-site:
	@PYTHON=$(PYTHON) .ci/tools site

tools-pdf:
	@PYTHON=$(PYTHON) .ci/tools pdf

tools-test:
	@PYTHON=$(PYTHON) .ci/tools test
