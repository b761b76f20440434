#!/usr/bin/env bash
# Which of a person's files skopeo reads where XDG_CONFIG_HOME is set.
#
# Software   skopeo 1.9.3, as Debian 12 packages it. Nothing is fetched.
# Guess      a program that keeps auth.json, policy.json and registries.conf in one folder reads them from one folder:
#            $XDG_CONFIG_HOME/containers, and ~/.config/containers where that is not set.
# Behaviour  auth.json is looked for in $XDG_CONFIG_HOME, and not in ~/.config then; policy.json and registries.conf are
#            in ~/.config alone, whatever XDG_CONFIG_HOME says. A policy that is put where the logins are has no effect,
#            and nothing says so.
# So         who starts skopeo for somebody gives it HOME as well, and names the policy (--policy) where it matters.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download skopeo=1.9.3+ds1-1+b10 libgpgme11=1.18.0-3+b1 libassuan0=2.5.5-5 \
  libdevmapper1.02.1=2:1.02.185-2 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu:$work/tools/lib/x86_64-linux-gnu
skopeo=$work/tools/usr/bin/skopeo
mkdir -p image/blobs/sha256 run home xdg
# An image without a layer.
blob() { # TYPE JSON: its descriptor
  local digest
  digest=$(printf %s "$2" | sha256sum | cut -d' ' -f1)
  printf %s "$2" >"image/blobs/sha256/$digest"
  printf '"mediaType":"application/vnd.oci.image.%s.v1+json","digest":"sha256:%s","size":%d' "$1" "$digest" "${#2}"
}
config=$(blob config '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}')
manifest=$(blob manifest "{\"schemaVersion\":2,\"config\":{$config},\"layers\":[]}")
printf '{"imageLayoutVersion":"1.0.0"}' >image/oci-layout
printf '{"schemaVersion":2,"manifests":[{%s}]}' "$manifest" >image/index.json

write() { # FILE IN: which lies there alone
  rm -rf home/.config xdg/containers && mkdir -p home/.config/containers xdg/containers
  case $1 in
    auth.json) printf '{"auths":{"registry.invalid":{"auth":"%s"}}}' "$(printf 'me:secret' | base64)" ;;
    policy.json) printf '{"default":[{"type":"reject"}]}' ;;
    registries.conf) printf 'this is no TOML' ;;
  esac >"$2/containers/$1"
}
call() { env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" HOME="$work/home" XDG_CONFIG_HOME="$work/xdg" \
  XDG_RUNTIME_DIR="$work/run" "$skopeo" "$@" 2>&1 || true; }
is_read() { # FILE
  case $1 in
    auth.json) [ "$(call login --get-login registry.invalid)" = me ] ;;
    policy.json) call copy "oci:$work/image" "dir:$work/out" | grep -q 'rejected by policy' ;;
    registries.conf) call inspect docker://localhost:1/image | grep -q 'registries.conf' ;;
  esac
}
"$skopeo" --version
for file in auth.json policy.json registries.conf; do
  for place in home/.config xdg; do
    write "$file" "$place"
    if is_read "$file"; then echo "$file: read in $place"; else echo "$file: not read in $place"; fi
  done
done | tee seen
[ "$(cat seen)" = 'auth.json: not read in home/.config
auth.json: read in xdg
policy.json: read in home/.config
policy.json: not read in xdg
registries.conf: read in home/.config
registries.conf: not read in xdg' ]
echo 'as described'
# Seen:
#   skopeo version 1.9.3
#   auth.json: not read in home/.config
#   auth.json: read in xdg
#   policy.json: read in home/.config
#   policy.json: not read in xdg
#   registries.conf: read in home/.config
#   registries.conf: not read in xdg
