# `make help` lists the targets. Names are stable: README, CI and benchmarks use them.
SHELL := /bin/sh
PY := .venv/bin/python
DATA ?=

.PHONY: help setup demo test walk check format build bench bench-storefront bench-server bench-suggestions bench-insight bench-faults lock clean

help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: .venv/.stamp-run ## a virtual environment with the locked dependencies and bleib in it

.venv/.stamp-run: requirements.lock pyproject.toml
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.stamp-dev: .venv/.stamp-run requirements-dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

widgets/node_modules/.stamp: widgets/package.json widgets/package-lock.json
	cd widgets && npm ci --no-fund --no-audit --loglevel=error
	touch $@

tests/oracles/node_modules/.stamp: tests/oracles/package.json tests/oracles/package-lock.json
	cd tests/oracles && npm ci --no-fund --no-audit --loglevel=error
	touch $@

demo: .venv/.stamp-run ## demo shop, app, worker and mailbox on this machine (no Node needed)
	$(PY) -m plugin.cli demo $(if $(ORDERS),--orders $(ORDERS))

test: .venv/.stamp-dev widgets/node_modules/.stamp tests/oracles/node_modules/.stamp ## every test: Python, TypeScript, browser
	$(PY) tests/run.py

walk: .venv/.stamp-dev widgets/node_modules/.stamp ## every page of the admin in every state in Chromium, every action by keyboard: takes a quarter of an hour
	$(PY) -m pytest -q -n 2 tests/walk/walk_every_page.py tests/walk/walk_every_action.py tests/walk/walk_every_swap.py

check: .venv/.stamp-dev widgets/node_modules/.stamp ## format, lint, types, imports, dependencies, bundles
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/deptry .
	cd widgets && npm run --silent check
	cd widgets && node build.mjs --check

format: .venv/.stamp-dev widgets/node_modules/.stamp ## put everything into the one format
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .
	cd widgets && npx biome check --write .

build: widgets/node_modules/.stamp ## TypeScript to static/v1, integrity hashes, size report
	cd widgets && npm run --silent build

bench: bench-storefront bench-server bench-suggestions bench-insight bench-faults ## all benchmarks as ratios against their baseline

# Peers are only for comparison: without npm's registry the bench goes on without them.
bench/peers/node_modules/.stamp: bench/peers/package.json bench/peers/package-lock.json
	cd bench/peers && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error && touch node_modules/.stamp \
	  || echo "npm's registry cannot be reached: no peers, no Lighthouse"

bench-storefront: .venv/.stamp-dev bench/peers/node_modules/.stamp ## bytes, requests and time of the script against budgets and peers
	$(PY) -m bench.storefront; bytes=$$?; $(PY) -m bench.storefront_speed && exit $$bytes

bench-server: .venv/.stamp-dev ## config endpoint, page of an order and the merchant's figures against baselines and budgets
	failed=0; for one in server parcel_page figures; do $(PY) -m bench.$$one || failed=1; done; exit $$failed

# The libraries that the suggestions are compared with; without them the bench goes on with the rest.
.venv/.stamp-bench: .venv/.stamp-dev bench/requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock && touch $@ \
	  || echo "the libraries cannot be installed: compared without them"

bench-suggestions: .venv/.stamp-bench ## hit rates, size and build time beside libraries on real orders: DATA=file
	failed=0; export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1; $(PY) -m bench.suggestions $(DATA) || failed=1; \
	  for one in "absorb --orders 5000" "rebuild --orders 20000 --products 5000" suggestions_server; do echo; $(PY) -m bench.$$one || failed=1; done; exit $$failed

bench-insight: .venv/.stamp-dev ## 2,000 simulated shops looked at every day; customers counted anew apart from the code: DATA=file
	failed=0; $(PY) -m bench.insight || failed=1; $(if $(DATA),$(PY) -m bench.recount $(DATA) || failed=1;) exit $$failed

bench-faults: .venv/.stamp-dev ## every fault of the network on four shops, hostile configs, abuse of the sign-up, guesses at orders, reports of parcels, mails under kills, memory, the kill switch
	failed=0; for one in faults hostile_run sign_ups finding parcel_events altered_tokens mails hostile_mails memory kill_switch; do $(PY) -m bench.$$one || failed=1; done; exit $$failed

lock: .venv/.stamp-dev ## resolve the dependencies anew into address-free lock files
	.venv/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra postgres --extra demo --extra pdf --extra dkim --output-file requirements.lock pyproject.toml requirements-build.in
	.venv/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements-dev.lock requirements-dev.in

clean: ## remove everything that can be made again
	rm -rf .venv widgets/node_modules tests/oracles/node_modules bench/peers/node_modules var dist build .cache .pytest_cache .mypy_cache .ruff_cache
