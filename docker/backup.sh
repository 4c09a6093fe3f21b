#!/bin/sh
# Writes a backup of the PostgreSQL database that DATABASE_URL names to a file, which appears when it is whole and can be
# read; `-` writes to standard output. docs/operations.md tells when and how.
set -eu
umask 077
file=${1:?usage: DATABASE_URL=postgres://... backup.sh FILE}
url=${DATABASE_URL:-postgres:///theater?user=theater}

# Who owns what differs from server to server, so it is left out.
dump() { pg_dump --format=custom --no-owner --no-privileges "$@" "$url"; }

if [ "$file" = - ]; then
    dump
    exit
fi
trap 'rm -f "$file.partial"' EXIT
dump --file="$file.partial"
pg_restore --list "$file.partial" >/dev/null
mv "$file.partial" "$file"
echo "$file: $(wc -c <"$file") bytes"
