.PHONY: check fix format lint types corpus test

check: format lint types corpus test

format:
	ruff format --check .

lint:
	ruff check .

types:
	mypy

corpus:
	python corpus/lint.py

test:
	python -m pytest -q

fix:
	ruff format .
	ruff check --fix .
