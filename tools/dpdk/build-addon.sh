#!/usr/bin/env bash
# Compiles the addon in a root as the set-up does on a host, except that a warning is an error.
set -euo pipefail
export LC_ALL=C CFLAGS=-Werror

state=/var/lib/millrace/setup
mkdir -p "$state"

source tools/setup/steps.sh
source tools/setup/addon.sh

step 'DPDK addon' build_addon
