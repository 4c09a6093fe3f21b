set shell := ["bash", "-eu", "-o", "pipefail", "-c"]

# List the recipes
default:
    @just --list

# Start the service
run:
    cargo run

# Run all tests; those on PostgreSQL and Redis only where there is one
test:
    cargo test --workspace

# Run all tests, and fail where there is no PostgreSQL, Redis, MailDev or SeaweedFS
test-all:
    REQUIRE_POSTGRES=1 REQUIRE_REDIS=1 REQUIRE_SMTP=1 REQUIRE_S3=1 cargo test --workspace

# Run every fuzz target for so many seconds
fuzz SECONDS="60":
    @command -v cargo-fuzz >/dev/null || { echo "cargo-fuzz is missing: cargo install --locked cargo-fuzz@0.13.1"; exit 1; }
    .ci/fuzz {{ SECONDS }}

# Measure the release build and write docs/performance.md; `just bench --million` times queries over a million films
bench *ARGS:
    cargo build --release -p theater
    cargo run --release --manifest-path bench/Cargo.toml -- --server target/release/theater {{ ARGS }}

# Check the style without changing anything
lint:
    cargo clippy --workspace --all-targets -- -D warnings
    cargo fmt --check

# Format the code
fmt:
    cargo fmt

# Check that dependencies between crates point inward
check-layers:
    cargo test -p theater --test it layers

# Write the OpenAPI document that is committed
openapi:
    cargo run -q -- openapi > crates/api/openapi.json

# Write the example of a .env file that is committed
env-example:
    cargo run -q -- config example > .env.example

# Load films from a CSV file
import FILE:
    cargo run -q -- import "{{ FILE }}"

# Print so many made-up films as CSV
generate N:
    @cargo run -q -- generate {{ N }}

# Write all films to a CSV file
export FILE:
    cargo run -q -- export --output "{{ FILE }}"

# Bring the database up to date; also `just migrate status` and `just migrate down`
migrate *ARGS="up":
    cargo run -q -- migrate {{ ARGS }}

# Take the README's tour through a running service; set ADMIN_PASSWORD, and BASE if it is not on port 8000
tour:
    @bash <(sed -n '/^```sh tour$/,/^```$/p' README.md | sed '/^```/d')

# Remove the data folder of development, ./data
reset:
    @echo "Removing $PWD/data"
    rm -rf ./data

# Run what CI runs
ci:
    .ci/run
