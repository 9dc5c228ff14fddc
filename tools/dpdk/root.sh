# A Debian root with the packages that the set-up installs on a host, made once and never changed: it is complete or
# not there. Wants $root and $suite.

root_packages=("${debian_packages[@]}" libnode-dev)
root_options=(
  --mode=root --variant=apt
  --dpkgopt=force-unsafe-io # a root that was not finished is made anew
  --dpkgopt=path-exclude=/usr/share/{doc,man,locale}/'*'
)

make_root_ready() {
  is_root_complete || ensure_mmdebstrap
  step "Debian $suite" make_root
}

ensure_mmdebstrap() {
  debian_packages=(mmdebstrap)
  step 'Debian packages' install_debian_packages
}

make_root() {
  outcome="$root is there, DPDK $(dpdk_of_root)"
  is_root_complete && return 0

  local partial=$root.partial mirror options
  mirror=$(debian_mirror)
  mapfile -t options < <(apt_options_of_host)
  changes_host "makes a Debian root with DPDK, about 1.5 GB, in $root" "rm -r $root"
  rm -r --force --one-file-system "$root" "$partial"
  # In namespaces of its own, so that one that is killed leaves no process and no mount.
  logged "dpdk-root-$suite" setpriv --pdeathsig KILL -- \
    unshare --mount --pid --fork --kill-child --mount-proc -- \
    mmdebstrap "${root_options[@]}" "${options[@]}" --include="$(joined , "${root_packages[@]}")" \
    "$suite" "$partial" "$mirror"
  printf '%s\n' "${root_packages[*]}" >"$partial/$root_stamp"
  mv "$partial" "$root"
  outcome="made $root, DPDK $(dpdk_of_root)"
}

root_stamp=etc/millrace-packages

is_root_complete() { [[ -f $root/$root_stamp && $(<"$root/$root_stamp") == "${root_packages[*]}" ]]; }

dpdk_of_root() { chroot "$root" pkg-config --modversion libdpdk 2>/dev/null || true; }

# The mirror that this host's own apt sources name.
debian_mirror() {
  local target='$(ORIGIN) $(REPO_URI)' mirror
  mirror=$(apt-get indextargets --format "$target" | sed -n 's|^Debian \(.*/debian\)/\?$|\1|p' | head -n 1)
  [[ -n $mirror ]] ||
    fail MILLRACE_DPDK_MIRROR "expected a Debian mirror (…/debian) among this host's apt sources and lists, found none: add one, then run apt-get update"
  printf '%s\n' "$mirror"
}

# How this host's apt gets at its mirror: proxies, and whether dates are checked.
apt_options_of_host() {
  apt-config dump Acquire |
    sed -n 's/^Acquire::\(https\?\|Check-Valid-Until\|Check-Date\|Retries\|ForceIPv[46]\)\(:\| \).*[^"]";$/--aptopt=&/p'
}

joined() {
  local IFS=$1
  shift
  printf '%s\n' "$*"
}
