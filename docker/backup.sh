#!/bin/sh
# Writes a backup of the PostgreSQL database that DATABASE_URL names to a file, which appears when it is whole and can be
# read; `-` writes to standard output. docs/operations.md tells when and how.
set -eu
umask 077
file=${1:?usage: DATABASE_URL=postgres://... backup.sh FILE}
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

# Who owns what differs from server to server, so it is left out.
dump() { pg_dump --format=custom --no-owner --no-privileges "$@" "$url"; }

if [ "$file" = - ]; then
    dump
    exit
fi
trap 'rm -f "$file.partial"' EXIT
trap 'exit 1' INT TERM
dump --file="$file.partial"
pg_restore --list "$file.partial" >/dev/null
mv "$file.partial" "$file"
echo "$file: $(wc -c <"$file") bytes"
