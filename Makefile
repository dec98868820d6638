# The one list of commands. `make help` prints it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
CARGO ?= cargo
NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Build Demarc and open its window (without a display: a simulated visit in the terminal)
	@tools/install.sh run
	@$(MAKE) --no-print-directory ui
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(CARGO) build -p demarc-desktop && exec target/debug/demarc-desktop; \
	else \
		$(CARGO) build -q -p demarc-cli && target/debug/demarc diagnose --household access-loss && \
		echo && echo "There is no display, so this was a simulated home. On the real network: target/debug/demarc diagnose --profile quick"; \
	fi

.PHONY: test
test: ## Run every test, the lab and the window included
	@tools/install.sh test
	@$(MAKE) --no-print-directory ui
	cd ui && npm run check && npm test
	$(CARGO) build --workspace --bins
ifneq ($(NEXTEST),)
	$(CARGO) nextest run --workspace --no-fail-fast
else
	$(CARGO) test --workspace --no-fail-fast
endif

.PHONY: ui
ui: ui/node_modules/.package-lock.json ## Build the window's pages
	cd ui && npm run build

ui/node_modules/.package-lock.json: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund

.PHONY: build
build: ui ## Build the window and the command line
	$(CARGO) build --workspace --bins

.PHONY: check
check: ## Type-check everything quickly
	$(CARGO) check --workspace --all-targets

.PHONY: check-platforms
check-platforms: ui ## Type-check for Windows and macOS, and run the Windows program under Wine (Debian; minutes)
	@tools/install.sh platforms
	tools/check-platforms.sh

.PHONY: test-wifi
test-wifi: ## Demarc beside iw on an emulated radio, in a machine of its own (Debian; four minutes)
	@tools/install.sh wifi
	$(CARGO) build -q -p demarc-cli
	DEMARC_WIFI_MACHINE=$(CURDIR)/target/wifi-machine $(CARGO) test -p tests --test wifi -- --nocapture

.PHONY: lint
lint: ## Formatting and lints, as errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

.PHONY: fmt
fmt: ## Format the code
	$(CARGO) fmt --all

.PHONY: lab
lab: ## A shell on the device of an emulated network: make lab FAULT=access-loss (needs root)
	$(CARGO) build -q -p demarc-cli -p demarc-raw -p tests --bins
	target/debug/lab up tests/faults/$(or $(FAULT),healthy).toml -- $${SHELL:-sh}

SEEDS ?= 5
PARALLEL ?= 6
.PHONY: lab-full
lab-full: ## Every fault of the lab with five seeds, and how often the verdict is right: target/lab-survey.json (needs root)
	$(CARGO) build -q -p demarc-cli -p demarc-raw -p tests --bins
	target/debug/lab survey --seeds $(SEEDS) --parallel $(PARALLEL) --output target/lab-survey.json --runs target/lab-runs

.PHONY: lab-record
lab-record: ## Record one visit to every fault of the lab, for tests without privileges (needs root)
	$(CARGO) build -q -p demarc-cli -p demarc-raw -p tests --bins
	target/debug/lab record --parallel $(PARALLEL) --output tests/recordings
	UPDATE_GENERATED=1 $(CARGO) test -q -p tests --test agreement

SECONDS ?= 60
.PHONY: fuzz
fuzz: ## Fuzz every parser of outside input for SECONDS each
	tools/fuzz.sh $(SECONDS)

.PHONY: lab-home
lab-home: ## Every fault of the home with real parts, and its twin: docs/home-faults.md (needs root)
	$(CARGO) build -q -p demarc-cli -p demarc-raw -p tests --bins
	target/debug/lab survey --seeds $(or $(HOME_SEEDS),2) --parallel $(PARALLEL) --home docs/home-faults.md --output target/lab-home.json

VISITS ?= 100
.PHONY: lab-upstream
lab-upstream: ## Healthy homes with every fault of the provider and beyond: no verdict may name the home (needs root)
	$(CARGO) build -q -p demarc-cli -p demarc-raw -p tests --bins
	target/debug/lab upstream --visits $(VISITS) --parallel $(PARALLEL)

.PHONY: bench
bench: ## Measure the benchmark's test split: its committed result, plots and page
	$(CARGO) build -q -p demarc-benchmark
	target/debug/demarc-benchmark report

.PHONY: fit
fit: ## Fit the baselines and the temperature to the benchmark's other splits
	$(CARGO) build -q -p demarc-benchmark
	target/debug/demarc-benchmark fit
	$(CARGO) build -q -p demarc-benchmark

# Unoptimised on purpose: the release profile would build everything once more for a figure in milliseconds.
.PHONY: bench-visit
bench-visit: ## Time whole simulated visits
	$(CARGO) bench -q -p tests --bench visit --profile dev

.PHONY: bench-peers
bench-peers: ## Demarc beside the best tool for each job, in the lab: docs/peers.md (needs root)
	@tools/install.sh peers
	cd tests/peers && npm ci --no-audit --no-fund
	$(CARGO) install -q trippy --version 0.13.0 --locked --root target/peers --target-dir target/peers-build
	$(CARGO) build -q --workspace --bins
	$(CARGO) bench -q -p tests --bench peers --profile dev

.PHONY: types
types: ## Write the window's types, the JSON Schema of a run and the manual page anew from the code
	UPDATE_GENERATED=1 $(CARGO) test -q -p tests --test generated
	UPDATE_GENERATED=1 UPDATE_BINDINGS=1 $(CARGO) test -q -p demarc-desktop -p demarc-cli -- bindings:: manual::

.PHONY: package
package: ui ## Build the Debian package (needs the tauri command line: cargo install tauri-cli)
	$(CARGO) build --release -p demarc-raw
	cd src-tauri && $(CARGO) tauri build --bundles deb
