# docker/README.md: the tests in a container. Instead of the whole suite, images/cargo runs a part of it, on each server.
. /share/tree/.ci/container/lib.sh
docker compose --file docker/compose.tests.yml up --build --abort-on-container-exit --exit-code-from tests 2>&1 | tee /tmp/tests
[ "$(grep -c 'test result: ok. [1-9]' /tmp/tests)" = 4 ]
! grep 'skipped without' /tmp/tests || fail "a server is missing"
docker compose --file docker/compose.tests.yml down --volumes
