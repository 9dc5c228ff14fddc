# Step 1: the Debian packages that the build and the lab use. Installed ones are left as they are.

debian_packages=(
  build-essential pkg-config python3 # node-gyp
  dpdk libdpdk-dev libnuma-dev       # the addon
  dpdk-dev                           # testpmd
  mount procps                       # mount and sysctl, which small installations lack
  dnsmasq-base iproute2 iputils-ping traceroute iperf3 ethtool curl tcpdump tshark openssh-client dropbear-bin python3-prometheus-client # witnesses in the lab
)

install_host_packages() {
  debian_packages+=(containernetworking-plugins busybox-static mmdebstrap) # the lab's pods
  # Another's containerd, such as Docker's, does as well, and would be removed by Debian's.
  { command -v containerd && command -v runc; } >/dev/null || debian_packages+=(containerd runc)
  install_debian_packages
}

install_debian_packages() {
  command -v dpkg-query apt-get >/dev/null ||
    fail MILLRACE_SETUP_HOST 'expected Debian or a relative of it (dpkg-query and apt-get), found neither'
  [[ -f /usr/include/node/node_api.h ]] || debian_packages+=(libnode-dev)

  local missing
  mapfile -t missing < <(missing_packages)
  outcome="all ${#debian_packages[@]} are installed"
  ((${#missing[@]} == 0)) && return 0

  need_root "installing ${missing[*]}"
  changes_host "installs ${missing[*]}" "apt-get autoremove ${missing[*]}"
  local quietly=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
  logged apt-update as_root "${quietly[@]}" update
  logged apt-install as_root "${quietly[@]}" install --no-install-recommends "${missing[@]}"
  outcome="installed ${#missing[@]}: ${missing[*]}"
}

missing_packages() {
  dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "${debian_packages[@]}" 2>/dev/null |
    awk '$2 == "installed" { print $1 }' | sort -u |
    comm -13 - <(printf '%s\n' "${debian_packages[@]}" | sort -u)
}
