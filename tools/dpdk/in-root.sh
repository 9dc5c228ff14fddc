#!/usr/bin/env bash
# Runs a command in a Debian root with one version of DPDK, and makes the root first where there is none:
#
#   tools/dpdk/in-root.sh VERSION SUITE COMMAND…
#
# The clone is /millrace there, read-only but for native/ and build/, which are copies. Mounts, processes, network and /tmp belong to the command
# and end with it, however it ends; what stays is the root, in /var/cache/millrace/dpdk/VERSION.
set -euo pipefail
export LC_ALL=C

clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
version=$1 suite=$2
root=/var/cache/millrace/dpdk/$version
state=$clone/build/.setup
shift 2
cd "$clone"

source tools/setup/steps.sh
source tools/setup/packages.sh
source tools/dpdk/root.sh

main() {
  if [[ ${MILLRACE_INSIDE:-} == yes ]]; then
    mount_all
    run_in_root "$@"
  else
    hold_root_lock
    make_root_ready
    copy_addon_sources
    copy_datapath
    # Whoever ends this process ends all that runs in the root: it is the first process of its own.
    MILLRACE_INSIDE=yes exec unshare --mount --net --ipc --pid --fork --kill-child -- \
      bash tools/dpdk/in-root.sh "$version" "$suite" "$@"
  fi
}

hold_root_lock() {
  mkdir -p "${root%/*}"
  exec 9>"$root.lock"
  flock --nonblock 9 && return 0
  printf 'set-up  waits for another run with DPDK %s\n' "$version" >&2
  flock 9
}

# The addon is built in a copy, so that the clone's own build stays.
copy_addon_sources() {
  local copy=$root/var/lib/millrace/native
  mkdir -p "$copy"
  find "$copy" -mindepth 1 -maxdepth 1 -not -name build -exec rm -r {} +
  (cd native && find . -path ./build -prune -o -type f -print0 | xargs -0 cp --parents --target-directory="$copy")
}

# What is beside the datapath in build/ belongs to the host's programs.
copy_datapath() {
  local copy=$root/var/lib/millrace/build
  mkdir -p "$copy"
  cp build/datapath.wasm "$copy"
}

mount_all() {
  mount --bind "$root" "$root" # iproute2 wants its / to be a mount
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=0755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mkdir -p "$root/millrace"
  mount --bind "$clone" "$root/millrace"
  mount -o remount,bind,ro "$root/millrace"
  mount --bind "$root/var/lib/millrace/native" "$root/millrace/native"
  mount --bind "$root/var/lib/millrace/build" "$root/millrace/build"
  ip link set lo up
}

# This shell stays as the first process, because it takes in the orphans of others and node would not.
run_in_root() {
  chroot "$root" env --ignore-environment --chdir=/millrace HOME=/root LC_ALL=C.UTF-8 \
    PATH=/millrace/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" 9>&-
}

main "$@"
