#!/usr/bin/env bash
# Makes what a VM of the lab boots from, where it is not there yet: image.sh DIRECTORY. In it: QEMU, Debian's kernel, and
# a root file system in one archive with busybox, the host's own dash, ip and ping, and the kernel modules that the file
# modules names. Nothing is installed.
set -euo pipefail

mapfile -t modules <"$(dirname "$0")/modules"
programs=(dash ip ping)
whole=$1
directory=$1.partial.$$

main() {
  [[ -d $whole ]] && return 0
  echo "makes a virtual machine of Debian packages in $whole (may be deleted at any time)" >&2
  trap 'rm -rf "$directory"' EXIT
  export DEBIAN_FRONTEND=noninteractive
  mkdir -p "$directory"/{archives/partial,host,kernel,root/{bin,dev,proc,sys}}
  unpack qemu-system-x86 busybox-static "$(kernel_package)"
  mv "$directory"/kernel/boot/vmlinuz-* "$directory/vmlinuz"
  add_programs
  add_modules
  install -m 755 "$(dirname "$0")/init" "$directory/root/init"
  install -m 644 "$(dirname "$0")/modules" "$directory/root/modules"
  (cd "$directory/root" && find . | busybox cpio -o -H newc | gzip -1) >"$directory/root.cpio.gz"
  rm -r "$directory"/{archives,kernel,root}
  mv -T "$directory" "$whole" 2>/dev/null || [[ -d $whole ]] # another run may have been faster
}

# The package that linux-image-amd64 stands for.
kernel_package() {
  apt-cache depends linux-image-amd64 | awk '$1 == "Depends:" { print $2; exit }'
}

# Unpacks packages, and those they need that the host lacks.
unpack() {
  local archives=$directory/archives file
  download "$archives" "$@" || { apt-get -qq -o DPkg::Lock::Timeout=300 update && download "$archives" "$@"; }
  for file in "$archives"/*.deb; do
    case $file in
      */linux-image-*) dpkg-deb --extract "$file" "$directory/kernel" ;;
      *) dpkg-deb --extract "$file" "$directory/host" ;;
    esac
  done
}

download() {
  apt-get -qq install --yes --no-install-recommends --download-only --reinstall \
    -o Dir::Cache::archives="$1" -o DPkg::Lock::Timeout=300 "${@:2}" >/dev/null
}

# The host's programs with the libraries that they are linked with.
add_programs() {
  local root=$directory/root program path library
  cp "$directory/host/bin/busybox" "$root/bin/busybox"
  for program in "${programs[@]}"; do
    path=$(command -v "$program")
    cp -L "$path" "$root/bin/"
    for library in $(ldd "$path" | grep -o '/[^ ]*'); do
      mkdir -p "$root$(dirname "$library")"
      cp -Ln "$library" "$root$library"
    done
  done
}

# The modules with those that they need, under the paths that modprobe looks them up by.
add_modules() {
  local version from to module
  version=$(ls "$directory/kernel/lib/modules")
  from=$directory/kernel/lib/modules/$version
  to=$directory/root/lib/modules/$version
  "$directory/host/bin/busybox" depmod -b "$directory/kernel" "$version"
  for module in "${modules[@]}"; do
    grep -E "/$module\.ko:" "$from/modules.dep" | tr -d : | tr ' ' '\n'
  done | sort -u | while read -r module; do
    mkdir -p "$to/$(dirname "$module")"
    cp "$from/$module" "$to/$module"
  done
  cp "$from/modules.dep" "$to/"
}

main
