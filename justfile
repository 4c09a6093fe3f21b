set shell := ["bash", "-eu", "-o", "pipefail", "-c"]

dev_compose := "docker compose --file docker/compose.dev.yml"

# List the recipes
default:
    @just --list --unsorted

# Start the service with embedded defaults
run:
    cargo run

# Restart the service whenever a source changes
watch: (need "watchexec" "cargo install --locked watchexec-cli")
    watchexec --restart --watch crates --watch migration --watch Cargo.toml -- cargo run

# Start the whole system in containers: the service and a worker on PostgreSQL, Redis, MinIO and Mailpit
dev: need-docker
    {{ dev_compose }} up --detach --build --wait
    @echo "API http://localhost:8000/docs  mail http://localhost:8025  pgAdmin http://localhost:3333  MinIO http://localhost:9001"

# Stop the containers without deleting their data
down: need-docker
    {{ dev_compose }} down

# Follow the logs of the containers, or of some: just logs worker_theater
logs *SERVICES: need-docker
    {{ dev_compose }} logs --follow --tail 100 {{ SERVICES }}

# Open a shell of the database: that of DATABASE_URL if it is set, else the embedded one
[no-exit-message]
db:
    #!/usr/bin/env bash
    set -euo pipefail
    if [ -n "${DATABASE_URL:-}" ] && [[ "$DATABASE_URL" == postgres* ]]; then
        just need psql "apt install postgresql-client"
        exec psql "$DATABASE_URL"
    fi
    just need sqlite3 "apt install sqlite3"
    file="${DATA_DIR:-./data}/theater.sqlite"
    [ -f "$file" ] || { echo "$file does not exist yet: 'just run' creates it" >&2; exit 1; }
    exec sqlite3 "$file"

# Print the URL of the development mailbox, and open it if there is a browser
[no-exit-message]
mail:
    #!/usr/bin/env bash
    set -euo pipefail
    for url in "http://localhost:${PORT:-8000}/dev/mailbox" http://localhost:8025/; do
        if curl --silent --fail --output /dev/null "$url"; then
            echo "$url"
            for open in xdg-open open; do
                if command -v "$open" >/dev/null; then exec "$open" "$url"; fi
            done
            exit 0
        fi
    done
    echo "no mailbox answers: start the service with 'just run' or 'just dev'" >&2
    exit 1

# Delete the development data folder, ./data
reset:
    @echo "Removing $PWD/data"
    rm -rf ./data

# Load N synthetic movies into the database
seed COUNT="1000":
    #!/usr/bin/env bash
    set -euo pipefail
    file=$(mktemp)
    trap 'rm -f "$file"' EXIT
    cargo run -q -- generate {{ COUNT }} >"$file"
    cargo run -q -- import "$file"

# Run all tests in a small form; those on servers only if these are available
test:
    cargo test --workspace

# Run all tests in full, as CI does, and fail if PostgreSQL, Redis, MailDev or SeaweedFS is missing
test-all:
    FULL_TESTS=1 REQUIRE_POSTGRES=1 REQUIRE_REDIS=1 REQUIRE_SMTP=1 REQUIRE_S3=1 cargo test --workspace

# Run only the tests of the whole system: over HTTP, and of the executable
e2e *FILTER:
    cargo test -p theater --test it {{ FILTER }}

# Run every fuzz target for a number of seconds
fuzz SECONDS="60": (need "cargo-fuzz" "cargo install --locked cargo-fuzz@0.13.1")
    .ci/fuzz {{ SECONDS }}

# Measure the release build and write docs/performance.md; `just bench --million` times queries over a million movies
bench *ARGS: (need "oha" "cargo install --locked oha")
    cargo build --release -p theater --features jemalloc
    cargo run --release --manifest-path bench/Cargo.toml -- --server target/release/theater {{ ARGS }}

# Time the most expensive functions of imports and searches, compared with the previous run
bench-functions:
    cargo bench --manifest-path bench/Cargo.toml

# Check the style without changing anything
lint:
    cargo clippy --workspace --all-targets -- -D warnings
    cargo fmt --check

# Apply automatic fixes, and format
fix:
    cargo clippy --workspace --all-targets --fix --allow-dirty --allow-staged
    cargo fmt

# Format the code
fmt:
    cargo fmt

# Check that dependencies between crates point inward
check-layers:
    cargo test -p theater --test it layers

# Regenerate the committed OpenAPI document
openapi:
    cargo run -q -- openapi > crates/api/openapi.json

# Regenerate the committed example of a .env file
env-example:
    cargo run -q -- config example > .env.example

# Load movies from a CSV file
import FILE:
    cargo run -q -- import "{{ FILE }}"

# Print N synthetic movies as CSV
generate N:
    @cargo run -q -- generate {{ N }}

# Write all movies to a CSV file
export FILE:
    cargo run -q -- export --output "{{ FILE }}"

# Apply all migrations; also `just migrate status` and `just migrate down`
migrate *ARGS="up":
    cargo run -q -- migrate {{ ARGS }}

# Run the README's tour against a running service; set ADMIN_PASSWORD, and BASE if it is not on port 8000
tour:
    @bash <(sed -n '/^```sh tour$/,/^```$/p' README.md | sed '/^```/d')

# Build the container image of the service, with a tag of your choice
docker-build TAG="theater:dev": need-docker
    docker build --file docker/Dockerfile --tag "{{ TAG }}" .

# Build and run the containers in a Docker engine of their own; on Debian 12, as root or with sudo
containers *CHECKS:
    cargo build -p theater
    .ci/containers {{ CHECKS }}

# Build the release executable
release:
    cargo build --release --locked -p theater --features jemalloc
    @ls -lh target/release/theater

# Run all checks of CI
ci:
    .ci/run

[no-exit-message]
[private]
need-docker: (need "docker" "https://docs.docker.com/engine/install/")
    @docker compose version >/dev/null 2>&1 || { echo "Docker's plugin Compose is missing: https://docs.docker.com/compose/install/" >&2; exit 1; }
    @docker info >/dev/null 2>&1 || { echo "Docker does not answer: start it, or let your user use it" >&2; exit 1; }

[no-exit-message]
[private]
need TOOL ADVICE:
    @command -v {{ TOOL }} >/dev/null || { echo "{{ TOOL }} is missing: {{ ADVICE }}" >&2; exit 1; }
