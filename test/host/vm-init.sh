#!/bin/busybox sh
# shellcheck shell=dash
# PID 1 of the test machine (vm.mjs): the host's files with a layer in memory above them, cgroup v2 at
# its usual place, the tests, their results on the second serial line, and off.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
# shellcheck disable=SC2013 # the kernel's words stand in one line
for word in $(cat /proc/cmdline); do
  case $word in
    probe)
      echo 'terrarium: the kernel is up'
      echo b >/proc/sysrq-trigger
      ;;
    task=*) task=/host${word#task=} ;;
  esac
done
for module in /modules/*.ko; do insmod "$module"; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose host /host
mount -t tmpfs -o size=2g tmpfs /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work overlay /machine
cp "$task/run.sh" "$task/kept" /
cd /machine || exit
# What lies below this machine's /tmp and /run is shown in the new ones, from here.
at=0
while IFS= read -r folder; do
  at=$((at + 1))
  mkdir "/keep/$at"
  mount --bind "/machine$folder" "/keep/$at"
done </kept
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devtmpfs dev
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs tmpfs run
at=0
while IFS= read -r folder; do
  at=$((at + 1))
  case $folder in
    /tmp/* | /run/*)
      mkdir -p "/machine$folder"
      mount --bind "/keep/$at" "/machine$folder"
      ;;
  esac
  umount "/keep/$at"
done </kept
mount -t securityfs securityfs sys/kernel/security
if [ -d sys/fs/selinux ]; then mount -t selinuxfs selinuxfs sys/fs/selinux; fi
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
