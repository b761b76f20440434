#!/usr/bin/env bash
# What BusyBox's unshare(1) makes of `--propagation unchanged`. Run as root.
#
# Software   BusyBox 1.35.0 and util-linux 2.38.1, as Debian 12 packages them; Linux 6.18.
# Guess      its own help lists `slave|shared|private|unchanged`, as util-linux has them: with `unchanged` the
#            mounts of the new namespace go on receiving what the machine mounts.
# Behaviour  it calls mount(2) for `unchanged` too, with no flag at all, which is a new mount without a type:
#            EINVAL, and the program is not run. `slave`, `shared` and `private` work.
# So         a script for machines that may have BusyBox's unshare asks for `slave`, which receives as well, and
#            gives up sending; or it needs that of util-linux.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download busybox-static=1:1.35.0-4+deb12u1+b1 util-linux=2.38.1-5+deb12u3 >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" tools; done
busybox=tools/bin/busybox

"$busybox" | head -n 1
tools/usr/bin/unshare --version
"$busybox" unshare --help 2>&1 | grep -o 'slave.*unchanged'
for kind in slave shared private unchanged; do
  for of in "$busybox unshare" tools/usr/bin/unshare; do
    # shellcheck disable=SC2086 # two words
    said=$($of --mount --propagation "$kind" "$work/$busybox" echo ran 2>&1 || true)
    echo "  $kind, ${of##*/}: $said"
  done
done | tee seen
[ "$(grep -c ': ran$' seen)" = 7 ]
grep -q '  unchanged, busybox unshare: .*Invalid argument$' seen
echo 'as described'
# Seen on Linux 6.18:
#   slave, busybox unshare: ran
#   slave, unshare: ran
#   shared, busybox unshare: ran
#   shared, unshare: ran
#   private, busybox unshare: ran
#   private, unshare: ran
#   unchanged, busybox unshare: unshare: can't mount none on / (flags:0x0): Invalid argument
#   unchanged, unshare: ran
