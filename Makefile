# Everything is installed into .venv; nothing else on the machine is touched.
VENV := .venv
PYTHON ?= python3
PIP := $(VENV)/bin/pip install --quiet --disable-pip-version-check -c constraints.txt

# Else each process of the tests would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve test long check cover golden bench lock clean

serve: $(VENV)/.run
	$(VENV)/bin/feedsvc serve -c config/feedsvc.toml

# A file of tests stays with one process: they share servers.
test: $(VENV)/.dev
	$(VENV)/bin/pytest --numprocesses 4 --dist loadfile $(ARGS)

# What is too long for each change, and each property with all its examples: run it before a release.
long: $(VENV)/.dev
	$(VENV)/bin/pytest --numprocesses auto --dist load -m 'long or hypothesis' --hypothesis-profile long $(ARGS)

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

cover: $(VENV)/.dev
	$(VENV)/bin/pytest --cov --cov-report=term-missing

golden: $(VENV)/.dev
	$(VENV)/bin/pytest tests/unit/feeds/test_golden.py --update-golden

bench: $(VENV)/.dev
	$(VENV)/bin/python benchmarks/refresh.py
	$(VENV)/bin/python benchmarks/build.py
	$(VENV)/bin/python benchmarks/watch.py
	$(VENV)/bin/python benchmarks/check.py
	$(VENV)/bin/python benchmarks/proof.py
	$(VENV)/bin/python benchmarks/tags.py
	$(VENV)/bin/python benchmarks/serve.py
	$(VENV)/bin/python benchmarks/growth.py
	$(VENV)/bin/python benchmarks/soak.py

# Pins what is newest today; needs uv.
lock:
	uv pip compile --quiet --universal --all-extras --no-header --no-annotate pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) config/.feedsvc seeds/.feedsvc

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) -e .
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) -e '.[dev,postgres]'
	touch $@ $(VENV)/.run
