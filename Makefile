# Facturier. `make run` opens the demo company, `make test` runs every test; both set up what they need.

PYTHON ?= python3
BIN := .venv/bin
LOCK = --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links $(UPGRADE)

.PHONY: run test check coverage format catalogues keys lock soak mutate bench bench-peers pictures mailcheck wheel clean

run: .venv/run.stamp
	@$(BIN)/facturier practice

# Python keeps what it has compiled, of the tests too: the programs that they start begin in half the time then.
unexport PYTHONDONTWRITEBYTECODE

test: .venv/dev.stamp
	$(BIN)/python -m pytest -n 5 --dist loadgroup

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests run in several processes, whose figures are combined.
coverage: .venv/dev.stamp
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest -n 5 --dist loadgroup
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report --skip-covered

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# After a text on the screens has changed: collect the texts, then translate what is new in facturier/locale.
catalogues: .venv/dev.stamp
	$(BIN)/python scripts/catalogues.py

# After a key or its description has changed: writes docs/keys.md.
keys: .venv/dev.stamp
	$(BIN)/python scripts/keys.py

# Resolves the requirement files again, with hashes, after pyproject.toml has changed. Pins that still fit are kept;
# to raise them all: make lock UPGRADE=--upgrade
lock: .venv/lock.stamp
	.venv/lock/bin/uv pip compile $(LOCK) -o requirements/run.txt pyproject.toml
	.venv/lock/bin/uv pip compile $(LOCK) -c requirements/run.txt --group test --group check -o requirements/dev.txt pyproject.toml
	.venv/lock/bin/uv pip compile $(LOCK) -c requirements/dev.txt --group mutate -o requirements/mutate.txt

soak: .venv/dev.stamp
	$(BIN)/python -m pytest -m soak -s

# Mutation testing of the delivery engine, in the folder `mutants`: some hours. It continues where it was stopped.
mutate: .venv/mutate.stamp
	$(BIN)/python scripts/mutate.py

# Makes a company file of a million invoices once (1.8 GB in .bench), then measures for some minutes: leave the machine alone.
bench: .venv/dev.stamp
	$(BIN)/python -m compileall -q facturier
	$(BIN)/python scripts/bench

# The same beside other programs, which it installs under .bench/peers: needs the network the first time.
bench-peers: .venv/dev.stamp
	$(BIN)/python -m compileall -q facturier
	$(BIN)/python scripts/bench_peers

pictures: .venv/dev.stamp
	$(BIN)/python scripts/pictures.py
	$(BIN)/python scripts/document_pictures.py

# What others think of our messages: needs spamassassin, qpdf, poppler-utils and npm.
mailcheck: .venv/dev.stamp
	scripts/mailcheck.sh

# A wheel, built and then tried in an empty environment.
wheel: .venv/dev.stamp
	$(BIN)/python scripts/wheel.py

clean:
	rm -rf .venv dist build

.venv/bin/python:
	@echo 'Setting up, once. This takes about a minute.'
	@$(PYTHON) -c 'import sys; sys.exit("Facturier needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv || { echo 'This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv' >&2; rm -rf .venv; exit 1; }

# The command `facturier` is written last: an environment that has it is complete.
.venv/run.stamp: .venv/bin/python requirements/run.txt scripts/command.py $(wildcard facturier/locale/*/LC_MESSAGES/*.po)
	@echo 'Installing the libraries…'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python scripts/compile_catalogues.py
	@$(BIN)/python -m compileall -q facturier
	@$(BIN)/python scripts/command.py
	@touch $@

.venv/lock.stamp: .venv/bin/python
	@$(BIN)/python -m venv .venv/lock
	@.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13'
	@touch $@

.venv/dev.stamp: .venv/bin/python requirements/dev.txt scripts/command.py $(wildcard facturier/locale/*/LC_MESSAGES/*.po)
	@echo 'Installing the libraries…'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python scripts/compile_catalogues.py
	@$(BIN)/python scripts/command.py
	@touch $@ .venv/run.stamp

.venv/mutate.stamp: .venv/dev.stamp requirements/mutate.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/mutate.txt
	@touch $@
