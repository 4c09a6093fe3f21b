#!/bin/sh
# Backs up or restores the PostgreSQL database of DATABASE_URL. docs/operations.md explains when and how.
#
#   backup.sh take FILE      the file appears only when it is complete and readable
#   backup.sh restore FILE   into an empty database: all of it, or nothing
#
# The file `-` is standard output or standard input.
set -eu
umask 077
usage() {
    echo "usage: DATABASE_URL=postgres://... backup.sh take|restore FILE" >&2
    exit 2
}
[ $# = 2 ] || usage
file=$2
url=${DATABASE_URL:-postgres:///theater?user=theater}
# All users of the machine can read arguments, so the password is passed in the environment.
login=${url#*://} && login=${login%%/*}
case $login in
*:*@*)
    password=${login%@*} && password=${password#*:}
    # Percent-decodes the password.
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

# Owners and privileges differ between servers, so they are omitted.
dump() { pg_dump --format=custom --no-owner --no-privileges "$@" "$url"; }

take() {
    if [ "$file" = - ]; then
        dump
        return
    fi
    trap 'rm -f "$file.partial"' EXIT
    trap 'exit 1' INT TERM
    dump --file="$file.partial"
    pg_restore --list "$file.partial" >/dev/null
    mv "$file.partial" "$file"
    echo "$file: $(wc -c <"$file") bytes"
}

restore() {
    tables=$(psql --no-psqlrc --tuples-only --no-align --command \
        "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')" "$url")
    if [ "$tables" != 0 ]; then
        echo "the database is not empty: it has $tables tables. Restore into a new one." >&2
        exit 1
    fi
    [ "$file" != - ] || file=/dev/stdin
    pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$url" <"$file"
    # The planner has no statistics of the restored tables yet.
    psql --no-psqlrc --quiet --command ANALYZE "$url"
    echo "restored" >&2
}

case $1 in
take) take ;;
restore) restore ;;
*) usage ;;
esac
