# A Docker engine in namespaces of its own: mounts, network, processes, host name, IPC and control groups. It disturbs nothing
# of this machine, and everything in it ends with its first process. Sourced by .ci/containers, which sets:
#   cache   folder of the engine and its images, which the next run uses again
#   share   folder that the engine sees as /share

# Debian 13: Debian 12 has neither Compose 2 nor Buildx.
engine_suite=trixie
engine_packages=ca-certificates,curl,docker-buildx,docker-cli,docker-compose,docker.io,iproute2,iptables,jq,openssl

engine=$cache/engine-$(sha256sum <<<"$engine_suite $engine_packages" | cut -c 1-12)
first= network=

# Makes a folder with the engine's Debian, unless this version of it exists.
install_engine() {
  [ ! -e "$engine" ] || return 0
  rm -rf "$cache"/engine-*
  mmdebstrap --quiet --variant=minbase --include="$engine_packages" "$engine_suite" "$engine.partial"
  # Without a limit, each run would add an executable to the build cache.
  echo '{"builder": {"gc": {"enabled": true, "defaultKeepStorage": "3GB"}}}' >"$engine.partial/etc/docker/daemon.json"
  mv "$engine.partial" "$engine"
}

# Starts the engine; afterwards `in_engine` runs commands in it.
boot_engine() {
  # If this script is killed, the kernel ends `unshare`, and with it the first process of the namespaces.
  setpriv --pdeathsig KILL \
    unshare --mount --net --pid --fork --kill-child --uts --ipc --cgroup --propagation private \
    bash "$checks/first-process" "$engine" "$share" </dev/null >"$share/log/engine" 2>&1 &
  local outer=$!
  until first=$(cat "/proc/$outer/task/$outer/children") && first=${first// /} && [ -n "$first" ]; do
    kill -0 "$outer"
    sleep 0.1
  done
  setpriv --pdeathsig KILL \
    slirp4netns --configure --mtu=65520 --disable-host-loopback "$first" tap0 </dev/null >"$share/log/network" 2>&1 &
  network=$!
  local attempt
  for attempt in {1..150}; do
    in_engine docker version >/dev/null 2>&1 && return
    kill -0 "$first" 2>/dev/null || break
    sleep 0.2
  done
  echo "the engine does not start:" >&2
  tail -n 30 "$share/log/engine" "$share/log/network" >&2
  return 1
}

# Kills everything in the engine at once, as a power failure does: nothing is shut down.
cut_power() {
  [ -z "$network" ] || kill -KILL "$network" 2>/dev/null || true
  [ -z "$first" ] || kill -KILL "$first" 2>/dev/null || true
  wait 2>/dev/null || true
  first= network=
}

in_engine() {
  nsenter --target "$first" --mount --net --pid --uts --ipc --cgroup --root --wd \
    env --ignore-environment PATH=/share/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}
