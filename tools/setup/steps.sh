# What every step of the set-up shares: its line of output, its stamp, its log, its errors.
# All output goes to stderr, so that stdout belongs to the command that follows.

step() {
  local title=$1 work=$2 start=$EPOCHREALTIME
  outcome='nothing to do'
  "$work"
  printf 'set-up  %-16s %6.1f s  %s\n' "$title" "$(seconds_since "$start")" "$outcome" >&2
}

changes_host() {
  printf 'set-up  changes the host: %s\n                  undo: %s\n' "$1" "$2" >&2
}

fail() {
  printf 'error: %s (%s)\n' "$2" "$1" >&2
  exit 1
}

# Runs a command with its output in a log, and shows the end of the log when it fails.
logged() {
  local name=$1 log=$state/$1.log
  shift
  "$@" >"$log" 2>&1 </dev/null && return 0
  local status=$?
  tail -n 40 "$log" >&2
  fail MILLRACE_SETUP_COMMAND "$name: expected \"$*\" to succeed, it ended with status $status; whole output: $log"
}

# True when the last success of a step was for the same key.
is_stamped() { [[ -f $state/$1.stamp && $(<"$state/$1.stamp") == "$2" ]]; }

stamp() { printf '%s\n' "$2" >"$state/$1.stamp"; }

# One hash over the names and contents of the files listed on stdin, NUL-separated.
hash_of_files() { sort -z | xargs -0 -r sha256sum | sha256sum | cut -d ' ' -f 1; }

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

need_root() {
  ((EUID == 0)) && return 0
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && return 0
  fail MILLRACE_SETUP_ROOT "$1 needs root: expected to run as root or with a sudo that asks nothing, got user $(id -un)"
}

# Two set-ups at the same time would build into the same files.
hold_lock() {
  exec 9>"$state/lock"
  flock --nonblock 9 && return 0
  printf 'set-up  waits for another set-up of this clone\n' >&2
  flock --timeout 900 9 || fail MILLRACE_SETUP_LOCK "expected another set-up of this clone to end within 900 s, it still holds $state/lock"
}

release_lock() { exec 9>&-; }

seconds_since() {
  local microseconds=$((${EPOCHREALTIME/./} - ${1/./}))
  printf '%d.%06d' $((microseconds / 1000000)) $((microseconds % 1000000))
}
