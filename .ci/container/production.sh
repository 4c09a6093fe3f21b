# docs/operations.md, "From an empty machine".
. /share/tree/.ci/container/lib.sh

# The mail server and the object store that an operator provides; 10.0.2.100 is this machine.
docker run --detach --name mail --restart unless-stopped --publish 10.0.2.100:1025:1025 --publish 18025:8025 \
  "$(docker images --format '{{.Repository}}:{{.Tag}}' axllent/mailpit)" >/dev/null
docker run --detach --name store --restart unless-stopped --publish 10.0.2.100:19000:9000 \
  "$(docker images --format '{{.Repository}}:{{.Tag}}' minio/minio)" server /data >/dev/null

# Step 3.
rm -rf /etc/theater
install -d -m 0700 /etc/theater
install -m 0600 docker/production.env.example /etc/theater/production.env
set_variable() { sed -i "s|^\(# \)\?$1=.*|$1=$2|" /etc/theater/production.env; }
for name in SECRET_KEY POSTGRES_PASSWORD REDIS_PASSWORD; do set_variable "$name" "$(openssl rand -hex 32)"; done
set_variable THEATER_VERSION first
set_variable DOMAIN "$domain"
set_variable SMTP_URL smtp://10.0.2.100:1025
set_variable MAIL_FROM 'Movie Theater <no-reply@example.com>'
set_variable S3_ENDPOINT http://10.0.2.100:19000
set_variable S3_REGION us-east-1
set_variable S3_BUCKET theater
set_variable S3_ACCESS_KEY_ID theater
set_variable S3_SECRET_ACCESS_KEY theater_pictures
set_variable RATE_LIMIT_LOGIN_PER_ADDRESS 5/1h
use_production

# Steps 5 to 7.
docker compose build --quiet
docker compose run --rm --no-deps migrator_theater config check
started=$SECONDS
docker compose up --detach --wait --quiet-pull
echo "healthy after $((SECONDS - started)) s"
all_healthy
docker compose exec -T backend_theater theater create-admin you@example.com | grep Password
docker cp --quiet theater_production-proxy_theater-1:/data/caddy/pki/authorities/local/root.crt /etc/theater/root.crt
# The proxy is healthy, so it has its certificate.
call --output /dev/null --fail "$base/health/live"
