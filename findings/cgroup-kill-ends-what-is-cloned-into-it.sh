#!/usr/bin/env bash
# What a write to cgroup.kill does to processes that are made in that cgroup later.
#
# Software   Linux 6.18; tcc of Debian 12 compiles the one system call that no command makes.
# Guess      cgroup.kill ends what is in the cgroup at that moment (cgroup-v2.rst: "a cgroup that is being killed
#            takes forks down as well"); what comes into it afterwards is not concerned.
# Behaviour  who is born in it by clone3(2) with CLONE_INTO_CGROUP gets SIGKILL before its first instruction, also
#            a long time later and each time. Who moves into it by cgroup.procs lives, and so do its children. The
#            kernel compares a count of kills of the new cgroup with one of the parent's.
# So         a cgroup that outlives a container (linux.cgroupsPath of a folder that was there) is entered by
#            cgroup.procs; CLONE_INTO_CGROUP is for those that are new.
set -euo pipefail
work=$(mktemp -d)
mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
cgroup=$mount/finding-$$
mkdir "$cgroup"
trap 'rmdir "$cgroup"; rm -rf "$work"' EXIT
cd "$work"
apt-get download tcc=0.9.27+git20200814.62c30a4a-1 >/dev/null 2>&1
dpkg -x ./tcc*.deb tools
cat >born.c <<'C'
long syscall(long, ...);
int open(const char *, int, ...), printf(const char *, ...), waitpid(int, int *, int);
void _exit(int);
int main(int count, char **words) {
  /* flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup */
  unsigned long words_of_clone[11] = {0x200000000ul, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0};
  int status;
  words_of_clone[10] = open(words[1], 010200000);
  long pid = syscall(435, words_of_clone, sizeof words_of_clone);
  if (pid == 0) _exit(7);
  if (pid < 0 || waitpid(pid, &status, 0) < 0) return 1;
  if (status & 127) printf("killed by signal %d\n", status & 127);
  else printf("exit code %d\n", status >> 8);
  return 0;
}
C
tools/usr/bin/tcc -B tools/usr/lib/x86_64-linux-gnu/tcc -w -o born born.c
{
  echo 'born there:'
  ./born "$cgroup"
  echo 1 >"$cgroup/cgroup.kill"
  echo 'cgroup.kill was written, with nobody there; born there:'
  ./born "$cgroup"
  ./born "$cgroup"
  echo 'moved there, and its child:'
  sh -c 'echo 0 >"$1/cgroup.procs" && sh -c "exit 8"; echo "exit code $?"' sh "$cgroup"
} | tee said
diff said - <<'TEXT'
born there:
exit code 7
cgroup.kill was written, with nobody there; born there:
killed by signal 9
killed by signal 9
moved there, and its child:
exit code 8
TEXT
echo 'as described'
# Seen on Linux 6.18:
#   born there:
#   exit code 7
#   cgroup.kill was written, with nobody there; born there:
#   killed by signal 9
#   killed by signal 9
#   moved there, and its child:
#   exit code 8
#   as described
