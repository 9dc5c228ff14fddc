# Step 4: the forwarding code, AssemblyScript to WebAssembly, and the programs packed into one file each.

build_datapath() {
  local key
  key=$(datapath_sources | hash_of_files)
  outcome='up to date'
  is_stamped datapath "$key" && [[ -f build/datapath.wasm && -f build/programs/vrouter.mjs ]] && return 0

  logged datapath bin/millrace build
  [[ -f build/datapath.wasm ]] ||
    fail MILLRACE_SETUP_DATAPATH 'expected "millrace build" to write build/datapath.wasm, it did not'
  stamp datapath "$key"
  outcome="built build/datapath.wasm, $(stat -c %s build/datapath.wasm) bytes"
}

# All that runs: what did not change of the forwarding code is not compiled again (src/engine/compiler/cache.ts).
datapath_sources() {
  find src package-lock.json -type f -not -name '*.test.ts' -print0
}
