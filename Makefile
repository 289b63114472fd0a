# A newcomer needs two: `make demo` to see it all, `make test` to check it all.
.PHONY: help install demo test mutants fuzz lint bench messages lock wheel bundle bundle-test release browser clean
.DEFAULT_GOAL := help

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install
CANDIDATES := python3.13 python3.12 python3.11 python3 python3.14 python

help:
	@echo "make demo      a realistic wave in your browser"
	@echo "make test      every check, on SQLite and PostgreSQL, in a real browser too"
	@echo "make install   .venv with the locked packages, and .venv/bin/phieu"
	@echo "make lint      format, style, types, import contracts"
	@echo "make mutants   whether the tests notice when a module is broken (MODULE=casting: that one)"
	@echo "make fuzz      schemathesis over /api (some minutes; makes .venv-fuzz)"
	@echo "make bench     the benchmark, as a table"
	@echo "make messages  app/locale/phieu.pot from the sources, and the translations of it as programs read them"
	@echo "make lock      the lock files from pyproject.toml (UPGRADE=1: the newest releases; needs uv)"
	@echo "make wheel     dist/phieu-….whl, the program with all it needs but the packages"
	@echo "make bundle    dist/phieu-…-bundle-….tar, with the packages too (PYTHON=python3.12: for another Python)"
	@echo "make release VERSION=x.y.z   checks, then all that is given away of a version in dist/ (needs uv)"

install: .venv/.installed

# The first candidate that is new enough and can make environments; `python3.12` may be there and still refuse to start.
.venv/.python:
	@for python in $(PYTHON) $(CANDIDATES); do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	  then echo "$$($$python -V) makes .venv"; $$python -m venv --clear .venv && touch $@; exit; fi; \
	done; \
	echo "Phieu needs Python 3.11 or newer with its venv module, and found none." >&2; \
	echo "Install it (Debian, Ubuntu: apt-get install python3-venv), or name it: make install PYTHON=/path/to/python3" >&2; \
	exit 1

.venv/.packages: .venv/.python requirements.txt
	$(PIP) --require-hashes -r requirements.txt
	@touch $@

.venv/.installed: .venv/.packages pyproject.toml
	$(PIP) --quiet --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

# requirements-dev.txt holds the run-time packages too, in the same versions.
.venv/.packages-dev: .venv/.packages requirements-dev.txt
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

# A browser, and where Debian has it the same engine without windows: tests take two thirds of the time. A pooler.
browser:
	@command -v chromium-headless-shell >/dev/null && command -v chromium >/dev/null && test -x /usr/sbin/pgbouncer && exit; \
	get() { apt-get install -y --no-install-recommends fonts-noto-core pgbouncer chromium "$$@"; }; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then apt-get update && { get chromium-headless-shell || get; } && exit; fi; \
	for name in chromium chromium-browser google-chrome; do \
	  command -v $$name >/dev/null && PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null && exit; \
	done; \
	echo "The tests need Chromium and PgBouncer. Debian: sudo apt-get install chromium chromium-headless-shell fonts-noto-core pgbouncer" >&2; exit 1

demo: install
	$(BIN)/phieu demo

# Some hundred processes read the program: from what was compiled, even where the shell wants none of it kept.
test: lint browser
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal

lint: .venv/.installed .venv/.packages-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: .venv/.installed .venv/.packages-dev
	$(BIN)/python -m tests.load

# Slow, so for whoever changes one of the modules or its tests, and not in CI.
mutants: .venv/.installed .venv/.packages-dev
	$(BIN)/python -m tests.mutation $(MODULE)

# By hand: schemathesis is in no lock file, since it has an environment of its own.
fuzz: .venv/.installed .venv/.packages-dev
	test -x .venv-fuzz/bin/schemathesis || { $(BIN)/python -m venv .venv-fuzz && .venv-fuzz/bin/pip install --quiet 'schemathesis>=4.32,<5'; }
	$(BIN)/python -m tests.fuzz .venv-fuzz/bin/schemathesis

# Without dates, versions and line numbers: the same sources give the same catalogue.
messages: .venv/.packages-dev
	@mkdir -p app/locale
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --project phieu --version 1 \
	  --add-location file --sort-by-file --output-file app/locale/phieu.pot app templates
	sed -i -e 1,6d -e '/^"POT-Creation-Date/d' -e '/^"Generated-By/d' app/locale/phieu.pot
	$(BIN)/pybabel --quiet compile --domain phieu --directory app/locale

LOCK = UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet $(if $(UPGRADE),--upgrade) \
  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --annotation-style line \
  pyproject.toml --group build

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

# The same commit (checked out under the same umask) gives the same wheel and bundle: times come from it, not from the clock.
DATED = SOURCE_DATE_EPOCH=$(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
WHEEL = dist/phieu-$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)-py3-none-any.whl

wheel: .venv/.packages-dev
	$(DATED) $(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	@ls -l $(WHEEL)

bundle: wheel
	$(DATED) $(BIN)/python -m deploy.bundle $(if $(PYTHON),--python $(PYTHON)) $(WHEEL) dist

# As its owner would: unpacked in an empty folder, with no checkout and no network.
bundle-test: bundle
	$(BIN)/python -m deploy.trial $(if $(PYTHON),--python $(PYTHON)) $(WHEEL) dist

release: .venv/.packages-dev
	$(BIN)/python -m deploy.release "$(VERSION)"
	rm -rf dist
	$(MAKE) bundle-test
	cd dist && sha256sum *.whl *.tar.gz *.tar | tee SHA256SUMS
	@echo "Now: git tag --annotate v$(VERSION) --message 'Phieu $(VERSION)'"

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
