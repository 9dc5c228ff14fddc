#!/usr/bin/env bash
# Makes a clone ready to run, then runs the command that follows:
#
#   tools/setup.sh                      only the set-up
#   tools/setup.sh -- node lab/x.ts     the set-up, then the command
#   tools/setup.sh --undo [N]           gives the hugepages back, or all but N
#
# Every step says what it changes on the host. A step that has nothing to do takes milliseconds.
# It is written in shell because it runs before Node.js 24 is there.
set -euo pipefail
export LC_ALL=C

caller_directory=$PWD
export MILLRACE_STARTED=$EPOCHREALTIME # for a command that tells how long all of it took
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
state=$root/build/.setup
export PATH="$root/node_modules/.bin:$PATH"
cd "$root"
mkdir -p "$state"

source tools/setup/steps.sh
source tools/setup/packages.sh
source tools/setup/npm.sh
source tools/setup/addon.sh
source tools/setup/datapath.sh
source tools/setup/hugepages.sh

main() {
  case ${1:-} in
    --undo) give_hugepages_back "${2:-}" ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
    '' | --) set_up; shift $(($# > 0)); run_command "$@" ;;
    *) fail MILLRACE_SETUP_USAGE "expected --undo, --help or -- COMMAND, got \"$1\"" ;;
  esac
}

set_up() {
  hold_lock
  step 'Debian packages' install_host_packages
  step 'npm packages' install_npm_packages
  step 'DPDK addon' build_addon
  step 'datapath' build_datapath
  step 'hugepages' take_hugepages
  release_lock
}

run_command() {
  (($# == 0)) && return 0
  cd "$caller_directory"
  exec "$@"
}

main "$@"
