# After a power failure: Docker starts everything again, in any order.
. /share/tree/.ci/container/lib.sh
use_production
within 30 all_healthy || fail "not all are healthy 30 s after a power failure"
call --output /dev/null --fail "$base/api/v1/theater/genres"
within 20 components_are_ok
[ "$(docker compose exec -T postgres_theater psql -U theater -d theater -Atc 'SELECT count(*) FROM users')" = 2 ]
