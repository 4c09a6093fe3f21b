# Every expression of the alerts and of the dashboard can be evaluated, and an alert reports the process that observation.sh stopped.
. /share/tree/.ci/container/lib.sh
use_production
prometheus_has 'ALERTS{alertname="TheaterDown",alertstate="firing",job="theater_worker"}' 1
docker compose start worker_theater

ask_prometheus rules | jq --exit-status '[.data.groups[].rules[]] | length > 10 and all(.health == "ok")'
expressions=0 with_data=0
while read -r expression; do
  answer=$(ask_prometheus query "query=${expression//\$__rate_interval/5m}")
  jq --exit-status '.status == "success"' <<<"$answer" || fail "$expression: $answer"
  expressions=$((expressions + 1))
  if jq --exit-status '.data.result | length > 0' <<<"$answer"; then with_data=$((with_data + 1)); else echo "no data: $expression"; fi
done < <(jq --raw-output '.. | .expr? // empty' docker/observation/dashboard.json)
echo "$with_data of $expressions expressions of the dashboard have data"
[ "$expressions" -gt 20 ]

within 60 all_healthy
docker rm --force --volumes prometheus
