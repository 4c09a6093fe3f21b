# The systemd unit: valid, restricted, and it runs the service as docs/operations.md, "Without containers", explains.
. /share/tree/.ci/container/lib.sh
docker run --detach --name machine --privileged --tmpfs /run --volume "$PWD:/tree:ro" systemd
machine() { docker exec machine "$@"; }
runs() { [ "$(machine systemctl is-system-running)" = running ]; }
within 20 runs

machine install /tree/crates/theater/prebuilt /usr/local/bin/theater
machine systemd-analyze verify /tree/docker/theater.service
# In tenths: an exposure of 2.0.
machine systemd-analyze security --no-pager --offline=true --threshold=20 /tree/docker/theater.service

machine install -d -m 0700 /etc/theater
machine install -m 0600 /dev/null /etc/theater/theater.env
docker exec --interactive machine tee /etc/theater/theater.env <<END
PUBLIC_URL=https://$domain
SECRET_KEY=$(openssl rand -hex 32)
SMTP_URL=smtps://user:password@mail.example.com
MAIL_FROM=Movie Theater <no-reply@example.com>
ADMIN_EMAIL=you@example.com
TRUSTED_PROXIES=127.0.0.1
ALLOW_SQLITE=true
END
machine install -m 0644 /tree/docker/theater.service /etc/systemd/system/
machine systemctl enable --now theater
within 20 machine theater health || fail "$(machine journalctl --unit theater --no-pager)"
[ "$(machine journalctl --unit theater | grep -c 'Password  ')" = 1 ]
machine systemctl stop theater
[ "$(machine systemctl show --property Result,ExecMainStatus theater | xargs)" = 'Result=success ExecMainStatus=0' ]
docker rm --force --volumes machine
