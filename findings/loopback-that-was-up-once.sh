#!/usr/bin/env bash
# Connecting to 127.0.0.1 in a network namespace whose loopback is down.
#
# Software   Linux 6.18; ip of iproute2 6.1.0 and unshare of util-linux 2.38.1, as Debian 12 packages them.
# Guess      a loopback that is down refuses at once, with ENETUNREACH, whatever was before: there is no way to 127.0.0.1.
#            ::1 behaves likewise.
# Behaviour  so it is in a new namespace. Once the loopback has been up and is down again, connect(2) to 127.0.0.1 is not
#            refused: its packets go nowhere, and it waits until TCP gives up, minutes later. The route in the table
#            `local` stays when an interface goes down. ::1 answers EADDRNOTAVAIL before and after.
# So         who waits for a server in a container looks at IFF_UP of its loopback, or sets a limit of its own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download iproute2=6.1.0-3 libbpf1=1:1.1.2-0+deb12u1 libmnl0=1.0.4-3 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
cat >connect.py <<'END'
import errno, socket
def connect(family, address):
    with socket.socket(family) as one:
        one.settimeout(3)
        try:
            one.connect((address, 9))
        except TimeoutError:
            return 'no answer within 3 s'
        except OSError as error:
            return errno.errorcode[error.errno]
print(f"127.0.0.1: {connect(socket.AF_INET, '127.0.0.1')}; ::1: {connect(socket.AF_INET6, '::1')}")
END
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu
echo "Linux $(uname -r | cut -d. -f1,2), $(tools/bin/ip -V)"
# shellcheck disable=SC2016
unshare --user --map-root-user --net bash -euc '
echo "never up: $(python3 connect.py)"
tools/bin/ip link set lo up
echo "up: $(python3 connect.py)"
tools/bin/ip link set lo down
echo "down again: $(python3 connect.py)"
tools/bin/ip route show table local | sed "s/^/  /"' | tee seen
[ "$(head -n 3 seen)" = 'never up: 127.0.0.1: ENETUNREACH; ::1: EADDRNOTAVAIL
up: 127.0.0.1: ECONNREFUSED; ::1: ECONNREFUSED
down again: 127.0.0.1: no answer within 3 s; ::1: EADDRNOTAVAIL' ]
grep -q 'local 127.0.0.1 dev lo' seen
echo 'as described'
# Seen:
#   Linux 6.18, ip utility, iproute2-6.1.0, libbpf 1.1.2
#   never up: 127.0.0.1: ENETUNREACH; ::1: EADDRNOTAVAIL
#   up: 127.0.0.1: ECONNREFUSED; ::1: ECONNREFUSED
#   down again: 127.0.0.1: no answer within 3 s; ::1: EADDRNOTAVAIL
#     local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1
#     local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1
