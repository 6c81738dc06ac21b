# One list of checks: what this runs is what CI runs.
.PHONY: check faults soak format run demo

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

# Every fault of tests/faults as often as ARCHITECTURE.md says; DATABASE_URL chooses the database.
faults:
	mkdir -p var
	FAULTS=full REQUIRE_FAULTS=1 FAULTS_JSON=$${FAULTS_JSON:-var/faults.json} \
		uv run pytest -n0 -p no:randomly tests/faults

# A long time under load: memory, handles, journal. Eight hours of 20 acts a second, before a release.
soak:
	SOAK_MINUTES=$${SOAK_MINUTES:-480} SOAK_PACE=$${SOAK_PACE:-20} REQUIRE_FAULTS=1 \
		uv run pytest -n0 tests/faults/test_soak.py
