#!/bin/sh
# Brings a backup into the PostgreSQL database that DATABASE_URL names, which must be empty: all of it, or nothing. `-` reads
# from standard input. docs/operations.md tells when and how.
set -eu
file=${1:?usage: DATABASE_URL=postgres://... restore.sh FILE}
url=${DATABASE_URL:-postgres:///theater?user=theater}
# Everybody on the machine can read arguments, so the password goes into the environment.
login=${url#*://} && login=${login%%/*}
case $login in
*:*@*)
    password=${login%@*} && password=${password#*:}
    # What a URL writes as %40 is @.
    PGPASSWORD=$(printf '%s' "$password" | awk '{
        while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
            digits = toupper(substr($0, RSTART + 1, 2))
            code = 16 * (index("0123456789ABCDEF", substr(digits, 1, 1)) - 1) + index("0123456789ABCDEF", substr(digits, 2, 1)) - 1
            plain = plain substr($0, 1, RSTART - 1) sprintf("%c", code)
            $0 = substr($0, RSTART + 3)
        }
        printf "%s", plain $0
    }')
    export PGPASSWORD
    url="${url%%://*}://${login%%:*}@${login##*@}${url#*"$login"}"
    ;;
esac

tables=$(psql --no-psqlrc --tuples-only --no-align --command \
    "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')" "$url")
if [ "$tables" != 0 ]; then
    echo "the database is not empty: it has $tables tables. Restore into a new one." >&2
    exit 1
fi
restore() { pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$url" "$@"; }

if [ "$file" = - ]; then restore; else restore "$file"; fi
# The planner knows nothing of tables that were just filled.
psql --no-psqlrc --quiet --command ANALYZE "$url"
echo "restored" >&2
