# Step 4: the forwarding code, AssemblyScript to WebAssembly.

build_datapath() {
  local key
  key=$(datapath_sources | hash_of_files)
  outcome='up to date'
  is_stamped datapath "$key" && [[ -f build/datapath.wasm ]] && return 0

  logged datapath bin/millrace build
  [[ -f build/datapath.wasm ]] ||
    fail MILLRACE_SETUP_DATAPATH 'expected "millrace build" to write build/datapath.wasm, it did not'
  stamp datapath "$key"
  outcome="built build/datapath.wasm, $(stat -c %s build/datapath.wasm) bytes"
}

# The AssemblyScript, the numbers it shares with Node.js, the compiler's own steps and the packet path.
datapath_sources() {
  find src package-lock.json -type f -not -name '*.test.ts' \
    \( -path '*/datapath/*' -o -name layout.ts -o -path 'src/engine/compiler/*' -o -name packet-path.ts \
    -o -path src/programs/build.ts -o -name package-lock.json \) -print0
}
