# Everything a reviewer would run. CI runs what "make test" does by way of .ci/run.

.DEFAULT_GOAL := help
.NOTPARALLEL:

# Modules of this tree that hold code of ours. internal/tools pins the linters.
MODULES := $(patsubst %/go.mod,%,$(wildcard ./go.mod internal/apigen/go.mod e2e/go.mod bench/go.mod))
TOOL := go tool -modfile=$(CURDIR)/internal/tools/go.mod
REPORT := go run ./internal/testreport
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
FUZZTIME ?= 10s

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build ./carillon, a static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(if $(VERSION),-X main.version=$(VERSION))' -o carillon ./cmd/carillon

.PHONY: test
test: ## all that CI checks; ends with what was skipped, and counts
	@MAKE='$(MAKE)' scripts/test

.PHONY: deps
deps: ## install what the tests need, as far as it can be had
	@scripts/deps

.PHONY: gen
gen: ## write *_gen.go below api from the service models
	go generate ./api ./internal/permissions ./internal/numbering

.PHONY: drift
drift: ## check that *_gen.go below api are what "make gen" writes
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && mkdir "$$dir/committed" "$$dir/generated" && \
	(cd api && find . -name '*_gen.go' | tar cf - -T -) | tar xf - -C "$$dir/committed" && \
	(cd internal/apigen && go run . -out "$$dir/generated") && \
	cd "$$dir" && { diff -ru committed generated || { echo 'the generated code is out of date: run "make gen"'; exit 1; }; }

# GOGC: a sixth of the time would go into collecting garbage.
.PHONY: lint
lint: ## check formatting and go.mod, run go vet, staticcheck and govulncheck
	@files=$$($(TOOL) gofumpt -l . | grep -v node_modules/); \
	if [ -n "$$files" ]; then echo "not formatted with gofumpt:"; echo "$$files"; exit 1; fi
	@set -e; export GOGC=400; for dir in $(MODULES); do \
		echo "lint $$dir"; (cd "$$dir" && go mod tidy -diff && go vet ./... && $(TOOL) staticcheck ./...); \
	done
	@cd internal/tools && go mod tidy -diff
	@scripts/vulncheck

.PHONY: rename-module
rename-module: ## give the module another path: MODULE=example.org/team/carillon
	@scripts/rename-module '$(MODULE)'

.PHONY: rename-check
rename-check: ## check that a renamed copy builds and can be used by another module
	@scripts/test-rename

.PHONY: fmt
fmt: ## format with gofumpt
	$(TOOL) gofumpt -w .

.PHONY: unit
unit: ## test the server, the generator and the benchmark
	$(REPORT) go test ./...
	$(REPORT) -C internal/apigen go test ./...
	$(REPORT) -C bench go test ./...

# -count=1: Go does not see what the server under test is made of.
.PHONY: e2e
e2e: ## test with the official SDKs and CLIs
	$(REPORT) -C e2e go test -count=1 -timeout 20m -parallel 8 ./...

.PHONY: screenshots
screenshots: ## write pictures of all pages of the console into bin/screenshots
	@mkdir -p bin/screenshots
	cd e2e && CARILLON_E2E_SCREENSHOTS=$(CURDIR)/bin/screenshots go test -count=1 -timeout 10m -run '^TestBrowser_screenshots$$' .

.PHONY: race
race: ## test what runs concurrently with the race detector
	$(REPORT) go test -race -short ./access/... ./dispatch/... ./internal/fair/... ./internal/front/... ./internal/gather/... ./jobs/... ./server/... ./sigv4/... ./store/... ./trail/... ./wire/...
	$(REPORT) go test -race -short -run '_(amid|atOnce|together)|^TestOnPostgres$$' ./chime/... ./iam/... # the others have one caller

.PHONY: fuzz-seeds
fuzz-seeds: ## run the seeds of all fuzz targets
	go test -run '^Fuzz' ./...

.PHONY: fuzz
fuzz: ## fuzz each target for FUZZTIME
	@set -e; for pkg in $$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do \
		for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; \
	done

# "make bench BENCHFLAGS=-short" prints only; cd bench && go run . -help lists more.
BENCHFLAGS ?= -write ../docs/performance.md

.PHONY: bench
bench: ## measure against bare net/http, the raw engine and peers
	cd bench && go run . $(BENCHFLAGS)

.PHONY: vulncheck
vulncheck: ## check against the vulnerability database, by the release's toolchain
	@scripts/vulncheck

.PHONY: release
release: ## build archives, packages, bill of materials and checksums into dist
	@scripts/release

.PHONY: release-check
release-check: ## check that a release is the same from two directories
	@scripts/test-release

.PHONY: clean
clean: ## remove what was built
	rm -rf carillon cmd/carillon/carillon dist bin
