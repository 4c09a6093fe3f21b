# PostgreSQL restarts, and an API process is killed: everything recovers by itself.
. /share/tree/.ci/container/lib.sh
use_production

start_requests
docker compose restart postgres_theater
within 20 components_are_ok || fail "not ready after a restart of PostgreSQL"
stop_requests
# Without its database the service responds 503, and never 500 or nothing.
[ "$(grep -cvE '^(200|503)$' /tmp/statuses)" = 0 ] || fail "statuses: $(sort /tmp/statuses | uniq -c)"
for container in $(containers_of backend_theater) $(containers_of worker_theater); do
  [ "$(docker inspect --format '{{.RestartCount}}' "$container")" = 0 ] || fail "a process ended because PostgreSQL restarted"
done

start_requests
read -r victim < <(containers_of backend_theater)
kill -KILL "$(docker inspect --format '{{.State.Pid}}' "$victim")"
within 30 all_healthy || fail "the killed process did not come back"
stop_requests
[ "$(docker inspect --format '{{.RestartCount}}' "$victim")" = 1 ]
# The other process serves: at most the requests that were in flight are lost.
[ "$failed" -le 5 ] || fail "$failed requests failed: $(sort /tmp/statuses | uniq -c)"
