# The image by itself: its labels, its users, and a health check for each role.
. /share/tree/.ci/container/lib.sh
docker build --quiet --file docker/Dockerfile --tag theater:image --build-arg VERSION=1.2.3 --build-arg REVISION=abc \
  --build-arg SOURCE=https://example.com/theater .

docker inspect theater:image | jq '.[0].Config' | tee /tmp/config
jq --exit-status '.User == "10001:10001" and (.Labels | with_entries(.key |= ltrimstr("org.opencontainers.image.")) |
  .version == "1.2.3" and .revision == "abc" and .source == "https://example.com/theater" and .licenses == "MIT OR Apache-2.0")' /tmp/config

docker run --rm --entrypoint cat theater:image /usr/local/share/sbom/theater.cdx.json >/tmp/sbom
jq --exit-status '(.components | length > 300 and all(.licenses)) and ([.components[].name] | contains(["actix-web", "domain"]) and (contains(["test-fakes"]) | not))' /tmp/sbom

# As a user without an entry in /etc/passwd, as on OpenShift, and with nothing writable but its data.
confined=(--read-only --cap-drop ALL --security-opt no-new-privileges --health-interval 1s)
docker run --detach --name service "${confined[@]}" --volume service:/data theater:image
docker run --detach --name other "${confined[@]}" --user 1000660000:0 --volume other:/data theater:image
docker run --detach --name worker "${confined[@]}" --user 1000660000:0 --volume worker:/data theater:image worker
is_healthy() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$1")" = healthy ]; }
for name in service other worker; do
  within 30 is_healthy "$name" || fail "$name is not healthy"
  is_confined "$name" || fail "$name is not confined"
done
[ "$(docker exec service id -u)" = 10001 ]
[ "$(docker exec other id -u)" = 1000660000 ]
# A worker that is healthy serves no API: its own health check was used.
! docker exec worker theater health || fail "the worker serves requests"

for name in service other worker; do docker stop "$name"; done
for name in service other worker; do
  [ "$(docker inspect --format '{{.State.ExitCode}}' "$name")" = 0 ] || fail "$name ended with an error"
done
docker rm --force --volumes service other worker
