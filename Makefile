# Every command of the project. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test soak tsan bench bench-tiny relevance lint format clean

# PORT and DATABASE_URL may come from the environment or from the command line: make run PORT=9000

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: ## set up what is missing, build, and serve on http://localhost:8080 (PORT, DATABASE_URL)
	@tools/setup
	@swift build -c release --product qareeb
	@exec "$$(swift build -c release --show-bin-path)/qareeb" serve

test: ## set up what is missing, then build and run every test
	@tools/setup --with-tests
	@swift build --build-tests
	@tools/test

# KILLS and SEED may come from the command line: make soak KILLS=1000
soak: ## kill the server and its database hundreds of times under load, and compare what is told with what was committed (KILLS, SEED)
	@tools/setup --with-tests
	@swift build --build-tests
	@QAREEB_CHAOS_KILLS=$(or $(KILLS),300) $(if $(SEED),QAREEB_CHAOS_SEED=$(SEED)) tools/test --filter ChaosTests

# Without what starts PostgreSQL or ten thousand connections: there the sanitizer's own cost makes time-outs.
tsan: ## the tests of everything below the database under the thread sanitizer; any report fails
	@tools/setup --with-tests
	@swift build --build-tests --sanitize=thread --scratch-path .build/tsan
	@TSAN_OPTIONS=halt_on_error=0:exitcode=66 swift test --skip-build --sanitize=thread --scratch-path .build/tsan \
	  --skip 'qareebTests|PostgresClientTests|EmbeddedPostgresTests|MigrationsTests|CatalogueTests|IdleConnectionsTests'

bench: ## measure, beside peers in the same run (bench/)
	@tools/setup --with-bench
	@bench/run

bench-tiny: ## every benchmark without its foreign peers, as short as it can be: does everything still work?
	@tools/setup --with-bench
	@bench/run --tiny

relevance: ## how well the labelled queries of data/golden find who is meant, beside plain splitting and Lucene
	@tools/setup --with-bench
	@bench/run relevance

lint: ## formatting, and the rules of tools/tidy
	@tools/setup
	@git ls-files -z --cached --others --exclude-standard -- '*.swift' | xargs -0 -r swift format lint --strict --parallel
	@tools/tidy --self-test
	@tools/tidy
	@echo 'lint: nothing to mend'

format: ## format every Swift file in place
	@git ls-files -z --cached --others --exclude-standard -- '*.swift' | xargs -0 -r swift format format --in-place --parallel

clean: ## remove what was built; downloads and the database under var/ stay
	@rm -rf .build bench/.build
