#!/bin/busybox sh
# shellcheck shell=dash
# PID 1 of the arm64 test machine (vmArm64.mjs): hands each plan to terrarium-init as the helper does, and shows what
# came of it. Its root is a tmpfs: pivot_root(2) does not take the first one.
if [ "$1" != again ]; then
  /bin/busybox --install -s /bin
  export PATH=/bin
  mkdir -p /proc /sys /dev /machine
  mount -t tmpfs tmpfs /machine
  cp -a /bin /box /plans /init /terrarium-init /machine
  mkdir /machine/proc /machine/sys /machine/dev /machine/tmp
  exec switch_root /machine /init again
fi
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
cd /tmp || exit
for plan in /plans/*; do
  echo "plan ${plan##*/}"
  mkfifo words reports
  /terrarium-init start </dev/null >out 2>messages 3>reports 4<words 5<"$plan" 6>errors &
  exec 9<reports 8>words
  printf m >&8
  while read -r word rest <&9; do
    case $word in
      ready) printf g >&8 ;;
      exit | signal | fail | refuse) echo "$word $rest" ;;
    esac
  done
  wait
  exec 8>&- 9<&-
  cat out messages errors
  rm words reports
done
echo 'terrarium: done'
echo o >/proc/sysrq-trigger
