#!/usr/bin/env bash
# Replaces the API processes of docker/compose.prod.yml by those of THEATER_VERSION. Both sets overlap, so that the proxy can
# always forward requests. docs/operations.md explains when to use it.
#
#   upgrade.sh           needs COMPOSE_FILE and COMPOSE_ENV_FILES, and the image of THEATER_VERSION
#
# The new processes must be healthy before the old ones are stopped. An old process completes its requests in flight. If the
# new processes do not become healthy, they are removed and the old ones continue to serve.
set -euo pipefail

: "${COMPOSE_FILE:?docs/operations.md, step 4 of \"From an empty machine\"}"
service=backend_theater

mapfile -t old < <(docker compose ps --quiet "$service")
if [ ${#old[@]} = 0 ]; then
  echo "no process of $service runs: start all with docker compose up --detach" >&2
  exit 1
fi

echo "migrating the database"
docker compose up --no-deps --exit-code-from migrator_theater migrator_theater

echo "starting ${#old[@]} new processes beside the ${#old[@]} old ones"
if ! docker compose up --detach --no-deps --no-recreate --wait --scale "$service=$((2 * ${#old[@]}))" "$service"; then
  echo "the new processes did not become healthy; the old ones go on" >&2
  mapfile -t all < <(docker compose ps --all --quiet "$service")
  for container in "${all[@]}"; do
    [[ " ${old[*]} " == *" $container "* ]] && continue
    docker logs --tail 20 "$container" >&2 || true
    docker rm --force "$container" >/dev/null
  done
  exit 1
fi

for container in "${old[@]}"; do
  echo "stopping $container"
  docker stop "$container" >/dev/null
  docker rm "$container" >/dev/null
done

echo "replacing the worker"
docker compose up --detach --no-deps --wait worker_theater
docker compose ps "$service" worker_theater
