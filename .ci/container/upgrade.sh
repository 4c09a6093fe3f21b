# docs/operations.md, "run a new version": no request is lost.
. /share/tree/.ci/container/lib.sh
use_production

sed -i 's/^THEATER_VERSION=.*/THEATER_VERSION=second/' /etc/theater/production.env
docker compose build --quiet
start_requests
docker/upgrade.sh
sleep 1
stop_requests
[ "$failed" = 0 ] || fail "$failed requests failed: $(grep -v '^200$' /tmp/statuses | sort | uniq -c)"
[ "$answered" -gt 100 ]

all_healthy
for container in $(containers_of backend_theater) $(containers_of worker_theater); do
  [ "$(docker inspect --format '{{.Config.Image}}' "$container")" = theater:second ]
done
