# Two commands: `make demo` shows the main job, `make test` proves it. Both set up what they need.
.PHONY: setup demo test lint derived images docs links bench bench-fleet bench-serving updates fuzz pairs kills lives

# Tests start hundreds of interpreters: none has to compile again what another one did.
unexport PYTHONDONTWRITEBYTECODE

setup:
	@command -v uv >/dev/null || python3 -m pip install --quiet uv
	@uv sync --quiet

demo: setup
	@bash scripts/demo.sh

lint: setup
	uv run ruff check template/platform/src template/src fleet tests scripts
	uv run mypy
	uv run lint-imports --no-cache

test: lint
	uv run pytest -q -n 2 --dist loadgroup

derived: setup
	uv run python scripts/derive.py

images: setup
	uv run python scripts/images.py

docs: setup
	uv run python scripts/site_builder.py

# Follows every link to another site; takes a network.
links: setup
	uv run python scripts/site_builder.py --links

# Everything that docs/benchmarks.md shows; `make bench-fleet` is on docs/fleet.md.
ROUNDS = 5
BENCH = --page docs/benchmarks.md --rounds $(ROUNDS)

bench: setup bench-serving
	uv run python benchmarks/life.py $(BENCH)
	uv run python benchmarks/updating.py $(BENCH)
	uv run python benchmarks/ownership.py $(BENCH)

bench-fleet: setup
	uv run python benchmarks/whole_fleet.py

bench-serving: setup
	uv run python benchmarks/against_others.py $(BENCH)

# Every release to every later one, by every team: about half an hour. `make test` lives a sample of it.
updates: setup
	uv run python -m tests.template.updates --write

# A hundred times the examples of `make test`, and ones that nobody saw before: about an hour.
fuzz: setup
	ROAD_FUZZ=100 uv run pytest -q -n 2 --dist loadgroup tests/paved_road/fuzz

# Every two choices, made by Backstage and by hand: the same bytes. `make test` makes a sample.
pairs: setup
	ROAD_PAIRS=all uv run pytest -q tests/template/test_portal.py

# A hundred builds and trainings killed at random moments: about a quarter of an hour.
kills: setup
	ROAD_KILLS=100 uv run pytest -q tests/template/test_kills.py

# Whole lives, from the answers to an answered request, in which every two answers and Pythons meet: about a quarter of
# an hour. Another SEED has others meet three by three.
SEED = 1

lives: setup
	ROAD_LIVES=$(SEED) uv run pytest -v --no-header tests/template/test_lives.py -k "a_life"
