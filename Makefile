# Every target is one line around a command that also works without make: see README.md.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: book test test-slow check lint stubs assemblies seeds attack sick breaks bench goldens \
	pictures clean

book: .venv/installed
	$(BIN)/triplet book

test: .venv/installed
	$(BIN)/pytest

# What takes long, or needs a browser or an extra: with `make test` it is every test there is.
test-slow: .venv/installed
	$(BIN)/pytest -m slow

check: .venv/installed
	$(BIN)/triplet check

lint: .venv/installed
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy

stubs: .venv/installed
	$(BIN)/python -m autograder.stubs

# What the grader says of each combination that a reader can put together in the pages.
assemblies: .venv/installed
	$(BIN)/python -m autograder.publishing.assemblies

seeds: .venv/installed
	$(BIN)/python -m tests.seeds 200

attack: .venv/installed
	$(BIN)/python -m tests.attack

# Trainings that are made sick, and how the verdict names them: an hour and more.
sick: .venv/installed
	$(BIN)/python -m tests.sick

# The best examples of `triplet break`: a quarter of an hour.
breaks: .venv/installed
	$(BIN)/python -m autograder.authoring --breaks

bench: .venv/installed
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m tests.benchmarks

goldens: .venv/installed
	$(BIN)/python -m tests.test_goldens

pictures: .venv/installed
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[browser]'
	$(BIN)/python -m tests.pictures

clean:
	rm -rf .venv book/_build book/_results

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --constraint constraints.txt --editable .
	touch .venv/installed
