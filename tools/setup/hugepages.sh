# Step 5: free 2 MiB hugepages for the router, the DPDK application and the tests.
# No hugetlbfs mount is needed: every DPDK process here runs with --in-memory.

hugepages_needed=${MILLRACE_HUGEPAGES:-512}
hugepages_directory=/sys/kernel/mm/hugepages/hugepages-2048kB

take_hugepages() {
  [[ -d $hugepages_directory ]] ||
    fail MILLRACE_SETUP_HUGEPAGES "expected a kernel with 2 MiB hugepages ($hugepages_directory), found none"
  local before wanted
  outcome="$(free_hugepages) of 2 MiB are free"
  (($(free_hugepages) >= hugepages_needed)) && return 0

  before=$(<"$hugepages_directory/nr_hugepages")
  wanted=$((before + hugepages_needed - $(free_hugepages)))
  need_root 'reserving hugepages'
  changes_host "raises nr_hugepages (2 MiB) from $before to $wanted" 'tools/setup.sh --undo'
  remember_hugepages "$before" "$wanted"
  set_hugepages "$wanted"
  require_free_hugepages
  export MILLRACE_HUGEPAGES_BEFORE=$before # for a command that leaves the host as it found it
  outcome="$(free_hugepages) of 2 MiB are free"
}

# Sets nr_hugepages back to a number, by default to what it was before the first set-up; pages in use stay until
# they are freed.
give_hugepages_back() {
  local record=$state/hugepages before after target
  [[ -f $record ]] || return 0
  read -r before after <"$record"
  target=${1:-$before}
  rm -f "$record"
  [[ $(<"$hugepages_directory/nr_hugepages") == "$after" ]] || return 0
  need_root 'giving hugepages back'
  set_hugepages "$target"
  ((target == before)) || printf '%s %s\n' "$before" "$target" >"$record"
  printf 'set-up  undone: nr_hugepages is %s again\n' "$target" >&2
}

free_hugepages() { echo $(($(<"$hugepages_directory/free_hugepages") - $(<"$hugepages_directory/resv_hugepages"))); }

set_hugepages() { as_root sh -c "echo $1 > $hugepages_directory/nr_hugepages"; }

# Keeps the oldest value, unless somebody else changed the number since.
remember_hugepages() {
  local record=$state/hugepages oldest=$1 before after
  if [[ -f $record ]]; then
    read -r before after <"$record"
    [[ $after == "$1" ]] && oldest=$before
  fi
  printf '%s %s\n' "$oldest" "$2" >"$record"
}

require_free_hugepages() {
  (($(free_hugepages) >= hugepages_needed)) && return 0
  as_root sh -c 'echo 1 > /proc/sys/vm/compact_memory' 2>/dev/null || true
  set_hugepages "$wanted"
  (($(free_hugepages) >= hugepages_needed)) ||
    fail MILLRACE_SETUP_HUGEPAGES "expected $hugepages_needed free hugepages of 2 MiB, the kernel gave $(free_hugepages): memory is short or fragmented; free some, or restart the host"
}
