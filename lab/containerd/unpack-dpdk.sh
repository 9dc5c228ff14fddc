#!/usr/bin/env bash
# Unpacks Debian's testpmd with all that it needs into a directory, without installing anything:
#
#   lab/containerd/unpack-dpdk.sh SUITE DIRECTORY
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

debian_packages=()
source tools/setup/steps.sh
source tools/dpdk/root.sh

mirror=$(debian_mirror)
mapfile -t options < <(apt_options_of_host)
exec mmdebstrap --mode=root --variant=extract "${options[@]}" --include=dpdk-dev,coreutils "$1" "$2" "$mirror"
