# Step 3: the DPDK addon, compiled against this host's libdpdk, and the CNI executable, which needs nothing of a host.

build_addon() {
  local dpdk key
  dpdk=$(pkg-config --modversion libdpdk) ||
    fail MILLRACE_SETUP_DPDK 'expected pkg-config to know libdpdk (package libdpdk-dev), it does not'
  key="$(addon_sources | hash_of_files) dpdk-$dpdk"
  outcome="up to date, DPDK $dpdk"
  is_stamped addon "$key" && [[ -n $(built_addon) && -x build/millrace-cni ]] && return 0

  local include_root=/usr
  [[ -f $include_root/include/node/node_api.h ]] ||
    fail MILLRACE_SETUP_HEADERS "expected Node-API headers in $include_root/include/node (package libnode-dev), found none"
  logged addon node-gyp rebuild --jobs=max -C native --nodedir="$include_root"
  logged cni cc -static -Os -Wall -Wextra -Werror -o build/millrace-cni native/cni/cni.c
  stamp addon "$key"
  outcome="built $(built_addon) against DPDK $dpdk"
}

addon_sources() { find native -path native/build -prune -o -type f -not -name '*.md' -print0; }

built_addon() { find native/build/Release -maxdepth 1 -name '*.node' 2>/dev/null; }
