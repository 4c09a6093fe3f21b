# Requests through the proxy reach every API process, and every dependency works.
. /share/tree/.ci/container/lib.sh
use_production

within 20 components_are_ok
[ "$(curl --silent --output /dev/null --write-out '%{http_code} %{redirect_url}' --resolve "$domain:80:127.0.0.1" "http://$domain/docs")" = "308 $base/docs" ]

# Each API process gets requests.
for _ in {1..6}; do call --output /dev/null --fail "$base/api/v1/theater/genres"; done
for container in $(containers_of backend_theater); do docker logs "$container" 2>&1 | grep -c theater/genres; done
