# Rate limits count clients by their own addresses, not by that of the proxy: one of two clients uses up its logins.
. /share/tree/.ci/container/lib.sh
use_production

ip netns add clients
ip link add clients0 type veth peer name eth0 netns clients
ip address add 10.99.0.1/24 dev clients0
ip link set clients0 up
ip netns exec clients sh -c 'ip address add 10.99.0.2/24 dev eth0; ip address add 10.99.0.3/24 dev eth0; ip link set eth0 up; ip route add default via 10.99.0.1'
login_from() {
  ip netns exec clients curl --silent --cacert /etc/theater/root.crt --resolve "$domain:443:10.99.0.1" --interface "$1" "${@:2}" \
    --output /dev/null --write-out '%{http_code}' --json '{"email": "nobody@example.com", "password": "Wrong1!pass"}' "$base/api/v1/accounts/login"
}
for _ in {1..5}; do [ "$(login_from 10.99.0.2)" = 401 ]; done
[ "$(login_from 10.99.0.2)" = 429 ]
[ "$(login_from 10.99.0.2 --header 'X-Forwarded-For: 10.99.0.9')" = 429 ]
[ "$(login_from 10.99.0.3)" = 401 ]
ip netns delete clients
