#!/usr/bin/env bash
# The new way to mount refuses what the old one takes: an overlay with several lower folders. Run as anybody.
#
# Software   Linux 6.18: mount(2), fsopen(2), fsconfig(2); gcc 12.2 (Debian 12).
# Guess      fsconfig(2) takes each option of a file system for itself, where mount(2) has one page for all
#            of them, so it takes at least as much.
# Behaviour  a value has 255 bytes at most, for every file system: one byte more is EINVAL, before the file
#            system sees it, and its log of messages stays empty. lowerdir= of an overlay has that after
#            three or four usual paths, and mount(2) takes 4,095 bytes.
# So         who mounts by file descriptors falls back to mount(2) on /proc/self/fd/N for a long value, or
#            splits it where the file system lets him (lowerdir+ of overlay, from Linux 6.7 on).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >try.c <<'END'
#include <errno.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **words) {
  const char *lower = words[1];
  char data[4096], log[256];
  int fs = (int)syscall(SYS_fsopen, "overlay", 0);
  if (count != 2 || fs < 0) return perror("fsopen"), 1;
  int result = (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "lowerdir", lower, 0);
  printf("fsconfig with %zu bytes: %s", strlen(lower), result == 0 ? "taken" : strerror(errno));
  ssize_t said = read(fs, log, sizeof log);
  puts(result == 0 ? "" : said < 0 ? ", no message" : ", with a message");
  snprintf(data, sizeof data, "lowerdir=%s", lower);
  result = (int)syscall(SYS_mount, "overlay", "at", "overlay", 1 /* MS_RDONLY */, data);
  printf("mount with %zu bytes: %s\n", strlen(lower), result == 0 ? "taken" : strerror(errno));
  return 0;
}
END
gcc -o try try.c
mkdir at
lower() { # of so many bytes: two folders, which is what it takes to mount without an upper one
  local second
  second=$(printf "%0$(($1 - 2))d" 0)
  mkdir -p a "$(printf '%.200s' "$second")"
  if [ "$1" -gt 202 ]; then mkdir -p "$(printf '%.200s/%s' "$second" "${second:201}")"; fi
  if [ "$1" -gt 202 ]; then printf 'a:%.200s/%s' "$second" "${second:201}"; else printf 'a:%s' "$second"; fi
}
for bytes in 255 256; do
  unshare --user --map-root-user --mount ./try "$(lower "$bytes")"
done | tee said
echo "Linux $(uname -r), $(gcc --version | head -n 1)"
diff - said <<'END'
fsconfig with 255 bytes: taken
mount with 255 bytes: taken
fsconfig with 256 bytes: Invalid argument, no message
mount with 256 bytes: taken
END
echo 'as described'
