# One list of checks: what this runs is what CI runs.
.PHONY: check format run demo

run:
	uv run manage.py quickstart

demo:
	uv run manage.py demo

format:
	uv run ruff format .
	uv run ruff check --fix .
	uv run djangofmt --quiet templates

check:
	uv run ruff format --check .
	uv run ruff check .
	uv run djangofmt --check templates
	uv run ty check
	uv run lint-imports
	uv run manage.py makemigrations --check --dry-run
	uv run manage.py check --fail-level WARNING
	uv run pytest
