# Step 2: the npm packages of package-lock.json, with the pinned Node.js among them.
#
# `npm install --no-save` and not `npm ci`: it installs the same locked versions, but it accepts a lock
# without the binaries of other platforms and leaves a node_modules that is in use in place.

install_npm_packages() {
  local key
  key=$(printf '%s\0' package.json package-lock.json .npmrc | hash_of_files)
  outcome='match package-lock.json'
  is_stamped npm "$key" && [[ -x node_modules/node/bin/node ]] && return 0

  command -v npm >/dev/null || fail MILLRACE_SETUP_NPM 'expected npm on the PATH (Debian: apt-get install npm), found none'
  logged npm npm install --no-save --no-audit --no-fund
  [[ -x node_modules/node/bin/node ]] || install_pinned_node
  stamp npm "$key"
  outcome="installed; Node.js $(node_modules/node/bin/node --version) for this clone only"
}

# An npm that runs no install scripts leaves the `node` package without its binary.
install_pinned_node() {
  logged npm-node npm rebuild --ignore-scripts=false --foreground-scripts node
  [[ -x node_modules/node/bin/node ]] ||
    fail MILLRACE_SETUP_NODE "expected the npm package \"node\" to bring node_modules/node/bin/node, it did not; see $state/npm-node.log"
}
