# FGD Sync. `make help` says what there is.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET_DIR := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
TOOLS      := $(TARGET_DIR)/tools
DEMO       := $(TARGET_DIR)/demo
# The same everywhere, so that nothing is built twice.
CARGO_ARGS := --workspace --features custom-protocol
export PATH := $(TOOLS)/bin:$(HOME)/.cargo/bin:$(PATH)
export FGD_TOOLS := $(TOOLS)

BUILD_PACKAGES := build-essential pkg-config cmake file git libssl-dev libdbus-1-dev libgtk-3-dev \
	libwebkit2gtk-4.1-dev librsvg2-dev libayatana-appindicator3-dev
TEST_PACKAGES  := webkit2gtk-driver xvfb xauth dbus-x11 fonts-dejavu-core

UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print)

.PHONY: help run test e2e bench lint package bindings clean build-packages test-packages

help: ## what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build-packages ui/dist/index.html ## build, and open the app with a demo fabric
	cargo build $(CARGO_ARGS)
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname)" = Darwin ]; then \
		"$(TARGET_DIR)/debug/fgd" --home "$(DEMO)/home" demo "$(DEMO)"; \
		exec "$(TARGET_DIR)/debug/fgd-sync" --home "$(DEMO)/home" --open "$(DEMO)/fabrics/lab"; \
	else \
		echo "There is no display: the same demo runs here in the terminal."; \
		"$(TARGET_DIR)/debug/fgd" --home "$(DEMO)/home" demo --walk "$(DEMO)"; \
	fi

test: build-packages test-packages ui/dist/index.html $(TOOLS)/bin/tauri-driver $(TOOLS)/nextest ## check and test everything
	cargo fmt --all --check
	cd ui && npm run --silent format:check && npm run --silent check && npm run --silent test
	cargo clippy $(CARGO_ARGS) --all-targets -- -D warnings
	cargo nextest run $(CARGO_ARGS) -E 'not test(/^window::/)'
	$(MAKE) --no-print-directory e2e
	@echo "All checks and tests passed."

e2e: build-packages test-packages ui/dist/index.html $(TOOLS)/bin/tauri-driver $(TOOLS)/nextest ## the test in the real window; screenshots in target/screenshots
	FGD_REQUIRE_WINDOW=1 xvfb-run -a -s "-screen 0 1280x800x24" dbus-run-session -- \
		cargo nextest run $(CARGO_ARGS) -E 'test(/^window::/)' --test-threads 1 --no-capture

bench: build-packages ## how long things take, printed
	cargo bench -p fgd-engine --bench spine

lint: build-packages ui/dist/index.html ## formatting and lints only
	cargo fmt --all --check
	cd ui && npm run --silent format:check && npm run --silent check
	cargo clippy $(CARGO_ARGS) --all-targets -- -D warnings

bindings: build-packages ui/dist/index.html ## write ui/src/bindings.ts anew from the commands
	FGD_WRITE_BINDINGS=1 cargo test $(CARGO_ARGS) --lib bindings
	cd ui && npx prettier --write src/bindings.ts

package: build-packages ui/node_modules/.package-lock.json ## a .deb that installs
	ui/node_modules/.bin/tauri build --bundles deb
	@ls "$(TARGET_DIR)"/release/bundle/deb/*.deb

clean: ## remove all that was built
	cargo clean
	rm -rf ui/dist ui/node_modules src-tauri/gen

# What is missing is installed; when all is there, this costs a glance.
define install
	@if [ "$$(uname)" = Linux ] && command -v dpkg-query >/dev/null; then \
		missing=; for package in $(1); do \
			dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
		done; \
		if [ -n "$$missing" ]; then \
			echo "Installing:$$missing"; \
			if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
			$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
		fi; \
	fi
endef

build-packages:
	$(call install,$(BUILD_PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))

ui/node_modules/.package-lock.json: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund
	touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	cd ui && npm run --silent build
	touch $@

$(TOOLS)/bin/tauri-driver:
	cargo install tauri-driver --version '^2' --locked --root "$(TOOLS)"

# cargo-nextest is used where it is installed already.
$(TOOLS)/nextest:
	mkdir -p "$(TOOLS)"
	cargo nextest --version >/dev/null 2>&1 || cargo install cargo-nextest --locked --root "$(TOOLS)"
	touch $@
