# Everything a developer runs. CI runs .ci/run, which calls these.

GO ?= go
export CGO_ENABLED ?= 0
BIN ?= $(CURDIR)/dist
RACE = CGO_ENABLED=1 $(GO) test -race

.PHONY: build test examples check lint integration bench fuzz soak reference contactsheets demo clean

build:
	$(GO) build -trimpath -ldflags "-s -w" -o $(BIN)/nexuslims ./cmd/nexuslims

test:
	$(GO) test ./...

# The examples that are modules of their own, as those of facilities are.
EXAMPLES := $(patsubst %/go.mod,%,$(wildcard examples/*/go.mod))
examples:
	@for dir in $(EXAMPLES); do echo "$$dir"; ( cd $$dir && $(GO) build ./... && $(GO) vet ./... && $(GO) mod tidy -diff && \
		$(GO) test ./... && $(GO) tool -modfile=$(CURDIR)/.ci/golangci.mod golangci-lint run -c $(CURDIR)/.golangci.yml ./... ) || exit 1; done

# gofmt, vet, linters, a tidy go.mod and the tests under the race detector.
check: lint
	$(RACE) ./...

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) tool -modfile=.ci/golangci.mod golangci-lint run ./...

# The whole pipeline against a real NEMO and a real CDCS, which are installed as Python
# packages below NX_REAL_DIR on first use.
integration:
	NX_INTEGRATION=1 $(GO) test -count=1 -timeout 20m ./internal/realtest/...

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# A minute for each fuzz target, as many at once as there are processors.
FUZZTIME ?= 1m
fuzz:
	GO="$(GO)" .ci/fuzz $(FUZZTIME)

# The kill loop, over and over.
soak:
	NX_SOAK=1 $(GO) test -count=1 -timeout 2h -run 'Kill|Soak' ./nexuslims/pipeline/... ./internal/...

# What the Python program said about the shared files, against what we say: a table, then each value.
reference:
	$(GO) test -count=1 -v -run ReferenceTable ./internal/reference
	$(GO) test -count=1 -run Reference ./extractors/...

# One sheet of previews for each format, ours beside the Python program's, to be looked at.
SHEETS ?= $(BIN)/contactsheets
contactsheets:
	NX_CONTACT_SHEETS=$(abspath $(SHEETS)) $(GO) test -count=1 -run ContactSheets ./internal/reference

demo:
	$(GO) run ./cmd/nexuslims demo

clean:
	rm -rf $(BIN)
