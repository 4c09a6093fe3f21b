# The recipes of the justfile for containers, and what a developer sees.
. /share/tree/.ci/container/lib.sh
base=http://127.0.0.1:8000
call() { curl --silent --show-error --max-time 20 "$@"; }

just dev
timeout 5 just logs backend_theater >/tmp/logs 2>&1 || [ $? = 124 ]
password=$(sed -n 's/.*Password  *\([^ ]*\) .*/\1/p' /tmp/logs)
[ -n "$password" ]
call --fail "$base/docs/" | grep -c swagger-ui
call --fail --output /dev/null http://127.0.0.1:3333/misc/ping

# An email in the page of the mail server.
post accounts/register '{"email": "ann@example.com", "password": "StrongPass1!"}'
within 20 emailed 8025 ann@example.com
call --fail http://127.0.0.1:8025/ | grep -ci '<html'
post accounts/activate "{\"email\": \"ann@example.com\", \"token\": \"$(emailed 8025 ann@example.com)\"}"
just mail

# A picture, got by the URL of its profile.
session=$(call --fail --json '{"email": "ann@example.com", "password": "StrongPass1!"}' "$base/api/v1/accounts/login")
access=$(jq --raw-output .access_token <<<"$session")
call --fail --output /tmp/picture.png "$base/docs/favicon-32x32.png"
id=$(call --fail --oauth2-bearer "$access" "$base/api/v1/accounts/me" | jq .id)
profile=$(call --fail --oauth2-bearer "$access" "$base/api/v1/profiles/users/$id/profile" --form first_name=Ann --form last_name=Lee \
  --form gender=woman --form date_of_birth=1990-04-25 --form 'info=I like movies.' --form 'avatar=@/tmp/picture.png;type=image/png')
avatar=$(jq --raw-output .avatar <<<"$profile")
[[ $avatar = http://localhost:9000/theater/avatars/* ]]
[ "$(call --fail --output /tmp/avatar.jpg --write-out '%{content_type}' "$avatar")" = image/jpeg ]

just down
[ -z "$(docker compose --file docker/compose.dev.yml ps --all --quiet)" ]
docker compose --file docker/compose.dev.yml down --volumes
