# Every chore of the project. `make` alone lists them.
SHELL := /bin/bash
SWIFT ?= swift
WEFT := .build/release/weft
# One file to copy. Linked so that a process at rest is lean: packed relocations and no exported names.
RELEASE := -c release --product $(or $(PRODUCT),weft) --static-swift-stdlib -Xswiftc -use-ld=lld \
  -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --version-script=scripts/release.map

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the chores
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: up
up: ## Install what is missing, build, and start a mesh: registry, gateway, config service
	@scripts/bootstrap build
	$(SWIFT) build $(RELEASE)
	@exec $(WEFT) up

.PHONY: build
build: ## Build everything in debug mode
	@scripts/bootstrap build
	$(SWIFT) build

.PHONY: release
release: ## Build the weft command in release mode
	@scripts/bootstrap build
	$(SWIFT) build $(RELEASE)

.PHONY: test
test: ## Run every check and every test
	@scripts/bootstrap test
	@scripts/test

.PHONY: unit
unit: ## Run the Swift tests only
	@scripts/bootstrap test
	@scripts/test unit

.PHONY: e2e
e2e: ## Run the end-to-end tests only: the real binary against real clients
	@scripts/bootstrap test
	@scripts/test e2e

.PHONY: bench
bench: ## Compare with gRPC C++, grpc-swift-2, grpcio, etcd and Consul (QUICK=1: fewer rounds; ONLY="unary tls": these groups; REPORT=1: misses are no failure)
	@scripts/bootstrap bench
	@Benchmarks/run $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) $(if $(REPORT),--report-only)

.PHONY: generate
generate: ## Make the generated Swift code anew from proto/
	@scripts/bootstrap build
	@scripts/generate

.PHONY: lint
lint: ## Check the form of Swift, protos and scripts, and that generated code is up to date
	@scripts/bootstrap test
	@scripts/lint
	@scripts/generate --check

.PHONY: format
format: ## Format the Swift sources in place
	@git ls-files --cached --others --exclude-standard -- '*.swift' | grep -v /Generated/ \
	  | xargs $(SWIFT) format format --in-place --parallel

.PHONY: fuzz
fuzz: ## Let libFuzzer attack every decoder under the address sanitizer (SECONDS each, default 60)
	@scripts/bootstrap test
	@scripts/fuzz $(or $(SECONDS),60)

.PHONY: sanitize
sanitize: ## Run the Swift tests under the address and the thread sanitizer
	@scripts/bootstrap test
	@scripts/sanitize

.PHONY: interop
interop: ## Run gRPC's interoperability cases against gRPC Python, C++ and Go, and print the matrix
	@scripts/bootstrap interop
	@scripts/interop

.PHONY: conformance
conformance: ## Run protobuf's own conformance tests (builds their runner first)
	@scripts/bootstrap bench
	@scripts/conformance

.PHONY: peers
peers: ## Bring Consul, etcd, Prometheus, Traefik and py-consul into .tools, to compare the registry with
	@scripts/peers

.PHONY: consul-record
consul-record: ## Ask a real Consul anew what Tests/Registry compares Weft's answers with
	@scripts/peers consul
	@python3 Tests/Registry/record.py

.PHONY: durability
durability: ## Kill a registry under load 200 times, also with torn logs and a full disk (ROUNDS=20: fewer)
	@scripts/bootstrap test
	$(SWIFT) build --product weft
	@for harm in none garbage cut scramble full; do \
	  .tools/venv/bin/python Tests/Registry/durability_rounds.py --rounds $(or $(ROUNDS),200) --harm $$harm || exit 1; \
	done

.PHONY: hello
hello: ## Start the example service in a running mesh (ARGUMENTS="--port 0" for a second one)
	@scripts/bootstrap build
	@$(firstword $(wildcard $(WEFT) .build/debug/weft) $(WEFT)) certs issue hello
	$(SWIFT) run --package-path Examples/hello hello $(ARGUMENTS)

.PHONY: clean
clean: ## Remove what was built (keeps certificates and data)
	rm -rf .build .build-* .tools Examples/*/.build
