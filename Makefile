# FGD Sync. `make help` says what there is.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET_DIR := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
TOOLS      := $(TARGET_DIR)/tools
DEMO       := $(TARGET_DIR)/demo
PACKAGED   := $(TARGET_DIR)/packaged
FUZZ       := src-tauri/engine/fuzz
FUZZ_TIME  := 180
FUZZ_TARGETS := $(patsubst $(FUZZ)/fuzz_targets/%.rs,%,$(wildcard $(FUZZ)/fuzz_targets/*.rs))
# The same everywhere, so that nothing is built twice: with the points at which tests end a process.
CARGO_ARGS := --workspace --features custom-protocol,failpoints
# What is measured and shipped has none of those.
RELEASE_ARGS := --workspace --features custom-protocol
# The tests that need a real window.
IN_WINDOW := ^(window|journeys)::|the_app_and_fgd
# cargo-nextest where it is there: it is quicker, and ends a test that hangs.
ifneq ($(shell command -v cargo-nextest),)
NEXTEST      := cargo nextest run $(CARGO_ARGS) --config-file .ci/nextest.toml
TESTS        := $(NEXTEST) -E 'not test(/$(IN_WINDOW)/)'
WINDOW_TESTS := $(NEXTEST) -E 'test(/$(IN_WINDOW)/)' --test-threads 1
TORTURE_TESTS := $(NEXTEST) --profile torture -E 'test(/^(torture|crash|converge|faults)::/)' --test-threads 1 --no-capture
else
TESTS        := cargo test $(CARGO_ARGS) -- --skip window:: --skip journeys:: --skip the_app_and_fgd
WINDOW_TESTS := cargo test $(CARGO_ARGS) --test product -- window:: journeys:: the_app_and_fgd --test-threads 1
TORTURE_TESTS := cargo test $(CARGO_ARGS) --test product -- torture:: crash:: converge:: faults:: --test-threads 1 --nocapture
endif
export PATH := $(TOOLS)/bin:$(HOME)/.cargo/bin:$(PATH)
export FGD_TOOLS := $(TOOLS)

BUILD_PACKAGES := build-essential pkg-config cmake file git libssl-dev libdbus-1-dev libgtk-3-dev \
	libwebkit2gtk-4.1-dev librsvg2-dev libayatana-appindicator3-dev
TEST_PACKAGES  := webkit2gtk-driver xvfb xauth dbus-x11 fonts-dejavu-core openssh-server gnupg openssl
# The ui's tests take whichever browser the system has.
TEST_PACKAGES  += $(if $(shell command -v chromium chromium-browser google-chrome),,chromium)

# Cargo runs a benchmark in its package's directory, hence the whole paths.
BENCH       := $(TARGET_DIR)/bench
BENCH_TABLE := $(if $(QUICK),--quick) $(if $(KEEP),--keep "$(CURDIR)/BENCHMARKS.md" --plot "$(CURDIR)/ui/growth.svg",--plot "$(BENCH)/growth.svg")

UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print)

.PHONY: help run test torture audit e2e e2e-ui bench fuzz lint package package-check bindings licences screenshots clean deps build build-packages test-packages

help: ## what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: build ## build, and open the app with a demo fabric
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname)" = Darwin ]; then \
		"$(TARGET_DIR)/debug/fgd" --home "$(DEMO)/home" demo "$(DEMO)"; \
		exec "$(TARGET_DIR)/debug/fgd-sync" --home "$(DEMO)/home" --open "$(DEMO)/fabrics/lab"; \
	else \
		echo "There is no display: the same demo runs here in the terminal."; \
		"$(TARGET_DIR)/debug/fgd" --home "$(DEMO)/home" demo --walk "$(DEMO)"; \
	fi

test: deps ui/dist/index.html ## check and test everything
	@echo "== Formatting and the ui: format, types, tests"
	cargo fmt --all --check
	cd ui && npm run --silent format:check && npm run --silent check && npm run --silent test
	@echo "== The ui in a browser"
	$(MAKE) --no-print-directory e2e-ui
	@echo "== Lints"
	cargo clippy $(CARGO_ARGS) --all-targets -- -D warnings
	@echo "== The engine, the shell and the command line"
	$(MAKE) --no-print-directory build
	$(TESTS)
	@echo "== The app in a real window"
	$(MAKE) --no-print-directory e2e
	@echo "All checks and tests passed."

e2e: deps build ## the tests in the real window; screenshots in target/screenshots
	@if [ "$$(uname)" = Linux ]; then \
		FGD_REQUIRE_WINDOW=1 xvfb-run -a -s "-screen 0 1280x800x24" dbus-run-session -- $(WINDOW_TESTS); \
	else \
		echo "The real window is tested on Linux only: no driver is there for this system's web view."; \
	fi

torture: deps build ## the product among faults, for hours
	@if [ "$$(uname)" = Linux ]; then \
		FGD_LONG=1 FGD_REQUIRE_WINDOW=1 xvfb-run -a -s "-screen 0 1280x800x24" dbus-run-session -- $(TORTURE_TESTS); \
	else \
		FGD_LONG=1 $(TORTURE_TESTS); \
	fi

e2e-ui: test-packages ui/node_modules/.package-lock.json ## each screen of the ui in Chromium; screenshots in target/screenshots/ui
	cd ui && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm run --silent e2e

bench: build-packages ui/dist/index.html ## how long things take, beside others; QUICK=1 is a short form, KEEP=1 writes BENCHMARKS.md
	cargo build --release -p fgd-cli
	@mkdir -p "$(BENCH)"
	cargo bench -p fgd-engine --features measure --bench table -- --json "$(BENCH)/table.json" $(BENCH_TABLE)
	cargo bench -p fgd-engine --features measure --bench search $(if $(QUICK),,--bench idle)
	@if [ "$$(uname)" = Linux ] && [ -z "$(QUICK)" ]; then \
		xvfb-run -a -s "-screen 0 1280x800x24" dbus-run-session -- cargo bench -p fgd-sync --features custom-protocol --bench start --bench smooth; \
	fi

# Without a sanitizer, since the engine is safe Rust: so any compiler does, and it is twice as fast.
fuzz: build-packages ## any bytes into the engine, FUZZ_TIME seconds for each of FUZZ_TARGETS
	@command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --version '^0.13' --locked --root "$(TOOLS)"
	cp Cargo.lock $(FUZZ)/Cargo.lock # the product's own versions
	@found=""; for target in $(FUZZ_TARGETS); do \
		mkdir -p "$(TARGET_DIR)/fuzz/$$target"; \
		CARGO_TARGET_DIR="$(TARGET_DIR)" cargo fuzz run --sanitizer none --fuzz-dir $(FUZZ) $$target \
			"$(TARGET_DIR)/fuzz/$$target" $(FUZZ)/corpus/$$target -- \
			-max_total_time=$(FUZZ_TIME) -max_len=4096 -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 || found="$$found $$target"; \
	done; \
	if [ -n "$$found" ]; then echo "Fuzzing found something in:$$found" >&2; exit 1; fi

lint: build-packages ui/dist/index.html ## formatting and lints only
	cargo fmt --all --check
	cd ui && npm run --silent format:check && npm run --silent check
	cargo clippy $(CARGO_ARGS) --all-targets -- -D warnings

audit: build-packages ui/node_modules/.package-lock.json ## licences, sources and known weaknesses of what is built in
	@command -v cargo-deny >/dev/null || cargo install cargo-deny --version '^0.20' --locked --root "$(TOOLS)"
	.ci/audit "$(TARGET_DIR)"

bindings: build-packages ui/dist/index.html ## write ui/src/bindings.ts anew from the commands
	FGD_WRITE_BINDINGS=1 cargo test $(CARGO_ARGS) --lib bindings

screenshots: e2e ## write the pictures of README.md anew, out of the tests in the real window
	cp "$(TARGET_DIR)/screenshots/07-synced-1280x800.png" ui/screenshot.png
	cp "$(TARGET_DIR)/screenshots/36-topology-1280x800.png" ui/topology.png

licences: build-packages ui/dist/index.html ## write what the app is made with anew, for its about box
	FGD_WRITE_LICENCES=1 cargo test -p fgd-sync --features custom-protocol --lib licences

PACKAGE_FILES = "/usr/bin/fgd":"$(TARGET_DIR)/release/fgd", \
	"/usr/share/man/man1":"$(PACKAGED)/man1", \
	"/usr/share/bash-completion/completions/fgd":"$(PACKAGED)/bash", \
	"/usr/share/zsh/vendor-completions/_fgd":"$(PACKAGED)/zsh", \
	"/usr/share/fish/vendor_completions.d/fgd.fish":"$(PACKAGED)/fish"

package: build-packages ui/node_modules/.package-lock.json ## a .deb that installs
	cargo build --release -p fgd-cli
	rm -rf "$(PACKAGED)" && mkdir -p "$(PACKAGED)"
	"$(TARGET_DIR)/release/fgd" man --out "$(PACKAGED)/man1" && gzip -9n "$(PACKAGED)"/man1/*
	for shell in bash zsh fish; do "$(TARGET_DIR)/release/fgd" completions $$shell >"$(PACKAGED)/$$shell"; done
	ui/node_modules/.bin/tauri build --bundles deb \
		--config '{"bundle":{"linux":{"deb":{"files":{$(PACKAGE_FILES)}}}}}'
	@ls "$(TARGET_DIR)"/release/bundle/deb/*.deb

package-check: ## look into the .deb: binary, menu entry, icon, what it needs
	@deb=$$(ls -t "$(TARGET_DIR)"/release/bundle/deb/*.deb 2>/dev/null | head -n 1 || true); \
	[ -n "$$deb" ] || { echo "There is no package yet: run make package."; exit 1; }; \
	root=$$(mktemp -d); trap 'rm -rf "$$root"' EXIT; \
	dpkg-deb -x "$$deb" "$$root"; \
	test -x "$$root/usr/bin/fgd-sync" && test -x "$$root/usr/bin/fgd" || { echo "A binary is missing."; exit 1; }; \
	test -f "$$root/usr/share/man/man1/fgd-sync.1.gz" && test -s "$$root/usr/share/bash-completion/completions/fgd" \
		|| { echo "The manual or a completion is missing."; exit 1; }; \
	! grep -qaF write/directories-synced "$$root/usr/bin/fgd" "$$root/usr/bin/fgd-sync" \
		|| { echo "The points at which tests end a process are in a binary."; exit 1; }; \
	entry=$$(find "$$root/usr/share/applications" -name '*.desktop'); \
	grep -q '^Exec=fgd-sync' "$$entry" || { echo "The menu entry does not start the app."; exit 1; }; \
	icon=$$(sed -n 's/^Icon=//p' "$$entry"); \
	find "$$root/usr/share/icons" -name "$$icon.png" | grep -q . || { echo "There is no icon $$icon."; exit 1; }; \
	dpkg-deb -f "$$deb" Package Version Depends; \
	echo "The package is whole: $$deb"

clean: ## remove all that was built
	cargo clean
	rm -rf ui/dist ui/node_modules src-tauri/gen

# What `make test` needs.
deps: build-packages test-packages ui/node_modules/.package-lock.json $(TOOLS)/bin/tauri-driver

# Tests start `fgd`, and no test target of Cargo's makes it.
build: build-packages ui/dist/index.html
	cargo build $(CARGO_ARGS)

# What is missing is installed; when all is there, this costs a glance.
define install
	@if command -v dpkg-query >/dev/null; then \
		missing=; for package in $(1); do \
			dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
		done; \
		[ -n "$$missing" ] || exit 0; \
		if [ "$$(id -u)" = 0 ]; then sudo=; elif command -v sudo >/dev/null; then sudo=sudo; else \
			echo "Please let an administrator install:$$missing"; exit 1; \
		fi; \
		echo "Installing:$$missing"; \
		$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	elif [ "$$(uname)" = Darwin ]; then \
		xcode-select -p >/dev/null 2>&1 || { echo "Please run: xcode-select --install"; exit 1; }; \
		for tool in cmake pkg-config; do \
			command -v $$tool >/dev/null || { echo "Please run: brew install cmake pkg-config openssl@3"; exit 1; }; \
		done; \
	else \
		echo "No apt here: this system's packages for WebKitGTK 4.1, GTK 3, OpenSSL and D-Bus must be there already."; \
	fi
endef

build-packages:
	$(call install,$(BUILD_PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))

ui/node_modules/.package-lock.json: ui/package-lock.json
	cd ui && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
	touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	cd ui && npm run --silent build
	touch $@

$(TOOLS)/bin/tauri-driver:
	cargo install tauri-driver --version '^2' --locked --root "$(TOOLS)"
