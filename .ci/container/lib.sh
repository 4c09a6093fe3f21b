# Functions of the checks that run in the engine. Sourced by each of them.
set -Eeuo pipefail
cd "${TREE:-/share/tree}"

# Prints the reason, and the containers with the logs of those that are not well.
fail() {
  trap - ERR
  echo "FAILED: $*"
  docker ps --all --format 'table {{.Names}}\t{{.Status}}\t{{.Image}}'
  local unwell=()
  mapfile -t unwell < <(docker ps --all --quiet | xargs --no-run-if-empty docker inspect |
    jq --raw-output '.[] | select(.State | .ExitCode != 0 or .Restarting or (.Running and .Health.Status // "healthy" != "healthy")).Id')
  [ ${#unwell[@]} -gt 0 ] || mapfile -t unwell < <(docker ps --quiet)
  local container
  for container in "${unwell[@]}"; do
    docker inspect --format '== {{.Name}}: {{.State.Status}}, exit code {{.State.ExitCode}} {{.State.Error}}' "$container"
    docker inspect "$container" | jq -r '.[0].State.Health.Log // [] | last | select(.ExitCode != 0) | "health check: " + .Output'
    docker logs --tail 25 "$container" 2>&1
  done
  exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR

# Waits up to a number of seconds until a command succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt "$end" ] || return 1
    sleep 0.2
  done
}

# Later commands of Compose are for production.
use_production() { export COMPOSE_FILE=docker/compose.prod.yml COMPOSE_ENV_FILES=/etc/theater/production.env; }

domain=cinema.localhost
base=https://$domain

# A request to production, through the proxy.
call() {
  curl --silent --show-error --max-time 20 --cacert /etc/theater/root.crt --resolve "$domain:443:127.0.0.1" "$@"
}

# Prints the token of the last email to an address; the mail server is that of a container.
emailed() {
  curl --silent "http://127.0.0.1:$1/email" | jq -r '.[].text' |
    sed -n "s/.*email=${2/@/%40}&token=\([A-Za-z0-9_-]*\).*/\1/p" | tail -n 1 | grep .
}

# Whether all services of production are healthy: the proxy, two API processes, the worker, PostgreSQL and Redis.
all_healthy() { [ "$(docker compose ps | grep -c '(healthy)')" = 6 ]; }

# The identifiers of the containers of a service.
containers_of() { docker compose ps --quiet "$1"; }

post() { call --fail --output /dev/null --json "$2" "$base/api/v1/$1"; }

# Whether the service reaches the database, the mail server, the object store and Redis.
components_are_ok() { call "$base/health/ready" | jq --exit-status '[.components[].status] | all(. == "ok")' >/dev/null; }

# Whether a container has no capability but that of the proxy, and nothing in it can write to its image.
is_confined() {
  local process
  process=/proc/$(docker inspect --format '{{.State.Pid}}' "$1")
  grep --quiet --extended-regexp '^CapEff:\s*0000000000000(000|400)$' "$process/status"
  # As root, to whom all files of the image belong.
  ! docker exec --user 0 "$1" touch /usr/local/written 2>/dev/null
}

# Sends requests to production until `stop_requests`, on new connections and on open ones, and records their statuses.
start_requests() {
  : >/tmp/statuses
  touch /tmp/sending
  local client
  for client in 1 1 1 20; do
    while [ -e /tmp/sending ]; do
      call --output /dev/null --write-out '%{http_code}\n' --rate 20/s "$base/api/v1/theater/movies#[1-$client]" 2>/dev/null >>/tmp/statuses || true
      sleep 0.05
    done &
  done
}

# Sets `answered` and `failed`: the numbers of requests with status 200, and with any other or none.
stop_requests() {
  rm /tmp/sending
  wait
  answered=$(grep -c '^200$' /tmp/statuses) || true
  failed=$(grep -cv '^200$' /tmp/statuses) || true
  echo "$answered requests were answered 200, $failed otherwise: $(sort /tmp/statuses | uniq -c | xargs)"
}

# A request to the API of Prometheus, which only containers reach.
ask_prometheus() { docker exec prometheus curl --silent --get "http://127.0.0.1:9090/api/v1/$1" --data-urlencode "${2:-}"; }

# Waits until an expression has this number of results.
prometheus_has() {
  has_results() { [ "$(ask_prometheus query "query=$1" | jq '.data.result | length')" = "$2" ]; }
  within 150 has_results "$1" "$2" || fail "Prometheus has no $2 results of $1: $(ask_prometheus targets | jq -c '.data.activeTargets[] | {scrapeUrl, health, lastError}')"
}
