# docs/operations.md, "Backup and restore".
. /share/tree/.ci/container/lib.sh
use_production

(umask 077; docker compose exec -T postgres_theater sh -s -- take - <docker/backup.sh >/tmp/theater.dump)
docker compose stop backend_theater worker_theater
docker compose exec -T postgres_theater psql -q -U theater -d postgres \
  -c 'ALTER DATABASE theater RENAME TO theater_before' -c 'CREATE DATABASE theater'
docker compose exec -T postgres_theater sh -c "$(cat docker/backup.sh)" sh restore - </tmp/theater.dump
docker compose start backend_theater worker_theater
within 30 all_healthy
[ "$(docker compose exec -T postgres_theater psql -U theater -d theater -Atc 'SELECT count(*) FROM users')" = 2 ]
