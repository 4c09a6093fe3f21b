# Makes every image that the project's files name, from Debian's packages, PyPI and npm.
. /share/tree/.ci/container/lib.sh

docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
docker volume prune --all --force >/dev/null
docker network prune --force >/dev/null

# The name with which the project's files pin an image, such as postgres:15.14-bookworm.
pinned() { sed -En "s/^ *(image:|FROM) ((.*\/)?$1:[^ ]+).*/\2/p" docker/compose.*.yml docker/Dockerfile | sort -u; }

make_image() {
  local name
  name=$(pinned "$1")
  [ "$(wc -l <<<"$name")" = 1 ] && [ -n "$name" ]
  docker build --quiet --target "$1" --tag "$name" /share/images >/dev/null
}

debian=$(pinned debian)
docker image inspect "$debian" >/dev/null 2>&1 || docker import --change 'CMD ["bash"]' /share/debian.tar "$debian" >/dev/null
for name in postgres redis caddy pgadmin4 rust; do make_image "$name"; done
for name in prometheus systemd; do docker build --quiet --target "$name" --tag "$name" /share/images >/dev/null; done
docker compose --file docker/compose.tests.yml build --quiet
for name in mailpit minio mc; do make_image "$name"; done
