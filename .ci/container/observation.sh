# docs/operations.md, "Metrics": Prometheus with the files of docker/observation scrapes each process.
. /share/tree/.ci/container/lib.sh
use_production
docker run --detach --name prometheus --network theater_production_store --volume "$PWD/docker/observation:/etc/prometheus:ro" prometheus
prometheus_has 'up{job="theater_api"} == 1' 2
prometheus_has 'up{job="theater_worker"} == 1' 1
# alerts.sh waits for the alert; other checks run meanwhile.
docker compose stop worker_theater
