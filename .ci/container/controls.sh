# Defects that the checks must detect, each in a copy of the tree.
. /share/tree/.ci/container/lib.sh
use_production
export TREE=/tmp/defective

# Applies a sed expression to a file of a copy, and expects that the command fails there, and with this text.
detects() {
  local file=$1 expression=$2 text=$3
  shift 3
  rm -rf "$TREE"
  cp -r /share/tree "$TREE"
  sed --in-place "$expression" "$TREE/$file"
  ! cmp --quiet "$file" "$TREE/$file" || fail "$expression changes nothing in $file"
  echo "-- $expression in $file"
  if (cd "$TREE" && "$@") >/tmp/detected 2>&1; then fail "$expression in $file was not detected by: $*"; fi
  tail -n 5 /tmp/detected
  grep --quiet --fixed-strings -e "$text" /tmp/detected || fail "$expression in $file was detected for another reason: $(tail -n 40 /tmp/detected)"
}

# Replaces a container of production by that of the copy, then runs a check.
replaced() {
  docker compose up --detach --no-deps --force-recreate "$1"
  bash "/share/tree/.ci/container/$2.sh"
}

detects docker/Dockerfile '/^USER/d' '.User ==' bash .ci/container/image.sh
detects docker/compose.prod.yml '/^  SECRET_KEY:$/d' SECRET_KEY docker compose run --rm --no-deps migrator_theater config check
detects docker/compose.prod.yml 's/read_only: true/read_only: false/' 'redis_theater-1 is not confined' replaced redis_theater confinement
detects docker/Caddyfile 's/port 8000/port 8001/' 502 replaced proxy_theater requests

# Without a defect the same checks pass.
docker compose up --detach --no-deps --force-recreate --wait redis_theater proxy_theater
bash .ci/container/confinement.sh
bash .ci/container/requests.sh
