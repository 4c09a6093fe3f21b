# Starts a private PostgreSQL server on the port $1 in a temporary folder, prints the folder, and removes everything when the
# standard input is closed, which happens even if the benchmark is killed. The server refuses root: Debian's package creates
# the user postgres. fsync is on, as in production.
set -eu
debian=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
PATH="${debian:+$debian:}$PATH"
for program in initdb pg_ctl psql pgbench; do
  command -v "$program" >/dev/null || { echo "$program is missing: apt-get install postgresql" >&2; exit 1; }
done
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
folder=$(mktemp -d)
trap 'as_postgres pg_ctl -D "$folder/postgres/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
mkdir "$folder/postgres"
chmod 711 "$folder"
if [ "$(id -u)" = 0 ]; then chown postgres "$folder/postgres"; fi
cd "$folder/postgres"
as_postgres initdb -D data -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
as_postgres pg_ctl -D data -w -l log -o "-p $1 -k $folder/postgres -c listen_addresses=127.0.0.1 -c shared_buffers=256MB -c max_connections=200" start >/dev/null || {
  cat log >&2
  exit 1
}
echo "$folder"
read -r _ || true
