#!/usr/bin/env bash
# A manifest whose name has a comma, for kubectl -f.
#
# Software   kubernetes-client 1.20.2 (kubectl), as Debian 12 packages it. Without a cluster: `label --local`.
# Guess      -f takes a file; for several files it is given several times. A name that is one argument is one name.
# Behaviour  the argument is a list with commas, as a line of a CSV file: `a,b.yaml` is looked for as a and as b.yaml.
#            No backslash helps; a name in double quotes inside the argument is one name, and a quote in a name has to be
#            doubled there. The folder that holds the file, standard input and a URL are read as they are.
# So         who hands the name of a file on gives it quoted as CSV, or the file on standard input (-f -).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download kubernetes-client=1.20.5+really1.20.2-1.1+deb12u1 >/dev/null 2>&1
dpkg -x ./*.deb tools
export HOME=$work
dpkg-deb -f ./*.deb Package Version | paste -sd' '
mkdir folder
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: mine }\n' >'folder/a,b.yaml'
try() { tools/usr/bin/kubectl label --local -o name -f "$1" key=value 2>&1 | paste -sd' '; }
{
  echo "as it is: $(try 'folder/a,b.yaml')"
  echo "with a backslash: $(try 'folder/a\,b.yaml')"
  echo "quoted: $(try '"folder/a,b.yaml"')"
  echo "its folder: $(try folder)"
  echo "standard input: $(try - <'folder/a,b.yaml')"
} | tee seen
[ "$(cat seen)" = 'as it is: the path "folder/a" does not exist the path "b.yaml" does not exist
with a backslash: the path "folder/a\\" does not exist the path "b.yaml" does not exist
quoted: configmap/mine
its folder: configmap/mine
standard input: configmap/mine' ]
echo 'as described'
# Seen:
#   Package: kubernetes-client Version: 1.20.5+really1.20.2-1.1+deb12u1
#   as it is: the path "folder/a" does not exist the path "b.yaml" does not exist
#   with a backslash: the path "folder/a\\" does not exist the path "b.yaml" does not exist
#   quoted: configmap/mine
#   its folder: configmap/mine
#   standard input: configmap/mine
