# Step 4: the forwarding code, AssemblyScript to WebAssembly.

build_datapath() {
  [[ -f src/engine/build/main.ts ]] || { outcome='no builder yet'; return 0; }
  local key
  key=$(datapath_sources | hash_of_files)
  outcome='up to date'
  is_stamped datapath "$key" && [[ -f build/datapath.wasm ]] && return 0

  logged datapath node_modules/node/bin/node --disable-warning=ExperimentalWarning src/engine/build/main.ts
  [[ -f build/datapath.wasm ]] || fail MILLRACE_SETUP_DATAPATH 'expected src/engine/build/main.ts to write build/datapath.wasm, it did not'
  stamp datapath "$key"
  outcome="built build/datapath.wasm, $(stat -c %s build/datapath.wasm) bytes"
}

# The AssemblyScript, the numbers it shares with Node.js, the lists that compose it and the builder.
datapath_sources() {
  find src package-lock.json -type f -not -name '*.test.ts' \
    \( -path '*/datapath/*' -o -name layout.ts -o -path 'src/engine/build/*' -o -path src/programs/datapath.ts \
    -o -name package-lock.json \) -print0
}
