# No container of production can write to its image or has a capability that it does not need.
. /share/tree/.ci/container/lib.sh
use_production

for container in $(docker compose ps --quiet); do
  is_confined "$container" || fail "$(docker inspect --format '{{.Name}}' "$container") is not confined"
done
