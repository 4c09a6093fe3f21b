# Every container ends by itself within its grace period.
. /share/tree/.ci/container/lib.sh
use_production
docker compose stop
for container in $(docker compose ps --all --quiet); do
  [ "$(docker inspect --format '{{.State.ExitCode}}' "$container")" = 0 ] || fail "$(docker inspect --format '{{.Name}} ended with {{.State.ExitCode}}' "$container")"
done
docker compose down --volumes

# Only the layers of this run are stored for the next one.
docker image prune --force
docker builder prune --all --force --filter until=1h
