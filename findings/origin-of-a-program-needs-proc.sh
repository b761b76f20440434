#!/usr/bin/env bash
# Where a loader begins to look for `$ORIGIN/../lib`, in a root filesystem without /proc. Run as root.
#
# Software   glibc 2.36 and musl 1.2.3, as Debian 12 packages them; gcc 12.2 (Debian 12); Linux 6.18.
# Guess      $ORIGIN is the folder of the program: the loader knows it from execve(2), as it knows argv[0], so a tree
#            of programs that bring their libraries along runs in any chroot.
# Behaviour  both loaders ask /proc/self/exe for it. Without a procfs on /proc the folder counts as not there, glibc
#            says nothing of why: “cannot open shared object file”, of a library that lies beside the program.
#            With LD_ORIGIN_PATH glibc can be told; musl cannot, and says “Error loading shared library”.
# So         who tests a rootfs with a plain chroot(8) sees libraries missing that are there, in the right place. Mount
#            /proc first; a check of the files alone must not take this for a fault of theirs.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download musl=1.2.3-1 musl-dev=1.2.3-1 musl-tools=1.2.3-1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done

echo 'int answer(void) { return 42; }' >library.c
echo 'int answer(void); int main(void) { return answer() - 42; }' >program.c
mkdir -p {glibc,musl}/{app/bin,app/lib,proc,lib} glibc/lib64 libc
cp -L /lib64/ld-linux-x86-64.so.2 glibc/lib64/
cp -L "$(gcc -print-file-name=libc.so.6)" glibc/lib/
gcc -shared -fPIC -o glibc/app/lib/libanswer.so library.c
# shellcheck disable=SC2016 # the loader expands it
gcc -o glibc/app/bin/program program.c -Lglibc/app/lib -lanswer -Wl,-rpath,'$ORIGIN/../lib'

musl=tools/usr/lib/x86_64-linux-musl
cp "$(find tools -name libc.so -type f)" libc/libc.so
cp libc/libc.so musl/lib/ld-musl-x86_64.so.1
gcc -shared -fPIC -nostdlib -o musl/app/lib/libanswer.so library.c
# shellcheck disable=SC2016
gcc -nostdlib -nostdinc -isystem tools/usr/include/x86_64-linux-musl -o musl/app/bin/program \
  "$musl/Scrt1.o" "$musl/crti.o" program.c "$musl/crtn.o" -fPIE -pie -Lmusl/app/lib -lanswer -Llibc -lc \
  -Wl,-rpath,'$ORIGIN/../lib' -Wl,--dynamic-linker,/lib/ld-musl-x86_64.so.1

run() { # ROOT [VARIABLE]: without /proc
  if env -i "${@:2}" /usr/sbin/chroot "$1" /app/bin/program 2>&1; then echo runs; fi
}
with_proc() { # ROOT
  if env -i /usr/bin/unshare --mount --pid --fork /bin/sh -c \
    '/bin/mount -t proc proc "$0/proc" && exec /usr/sbin/chroot "$0" /app/bin/program' "$1" 2>&1; then echo runs; fi
}
for kind in glibc musl; do
  echo "$kind, chroot: $(run "$kind" | head -n 1)"
  echo "$kind, LD_ORIGIN_PATH: $(run "$kind" LD_ORIGIN_PATH=/app/bin | head -n 1)"
  echo "$kind, with /proc: $(with_proc "$kind" | head -n 1)"
done | tee seen
missing='cannot open shared object file: No such file or directory'
[ "$(cat seen)" = "glibc, chroot: /app/bin/program: error while loading shared libraries: libanswer.so: $missing
glibc, LD_ORIGIN_PATH: runs
glibc, with /proc: runs
musl, chroot: Error loading shared library libanswer.so: No such file or directory (needed by /app/bin/program)
musl, LD_ORIGIN_PATH: Error loading shared library libanswer.so: No such file or directory (needed by /app/bin/program)
musl, with /proc: runs" ]
echo 'as described'
# Seen on Linux 6.18:
#   glibc, chroot: /app/bin/program: error while loading shared libraries: libanswer.so: cannot open shared object file: No such file or directory
#   glibc, LD_ORIGIN_PATH: runs
#   glibc, with /proc: runs
#   musl, chroot: Error loading shared library libanswer.so: No such file or directory (needed by /app/bin/program)
#   musl, LD_ORIGIN_PATH: Error loading shared library libanswer.so: No such file or directory (needed by /app/bin/program)
#   musl, with /proc: runs
