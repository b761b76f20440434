#!/bin/busybox sh
# PID 1 of the test machine (vm.mjs): the host's files with a layer in memory above them, cgroup v2 at
# its usual place, the tests, their results on the second serial line, and off.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do insmod "$module"; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose host /host
mount -t tmpfs -o size=2g tmpfs /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work overlay /machine
for word in $(cat /proc/cmdline); do
  case $word in run=*) cp "/host${word#run=}" /run.sh ;; esac
done
cd /machine
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devtmpfs dev
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs tmpfs run
mount -t cgroup2 -o nsdelegate,memory_recursiveprot cgroup2 sys/fs/cgroup
cp /run.sh tmp/run.sh
ip link set lo up
hostname machine
echo 127.0.0.1 localhost machine >etc/hosts # sudo looks itself up
cat >tmp/start.sh <<'END'
stty -F /dev/ttyS1 raw
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  TERRARIUM_TEST_RESULTS=/tmp/results.json /bin/sh /tmp/run.sh
cat /tmp/results.json >/dev/ttyS1
# At once, and QEMU's -no-reboot makes an end of it: nothing here is worth a tidy one.
echo b >/proc/sysrq-trigger
END
# A new root and no chroot: nobody in one may make a user namespace, and setns(2) leaves it.
exec switch_root /machine /bin/sh /tmp/start.sh
