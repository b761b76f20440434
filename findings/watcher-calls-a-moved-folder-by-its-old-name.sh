#!/usr/bin/env bash
# What a recursive watcher tells of files below a folder that was renamed.
#
# Software   @parcel/watcher 2.5.6, from npm, with its inotify backend: VS Code watches workspaces with it on Linux.
# Guess      after `rename(old, new)` below the watched folder it tells that old is gone and new is there, and from then
#            on of all that is in new, at any depth, as if it had been made there.
# Behaviour  files in the renamed folder itself are told by their new paths. The folders below it keep their watches and
#            their old names: a file that is made there is told of under a path that is not there any more, or ever again.
#            Of a tree that comes from outside of the watched folder only the top is watched: what is made deeper in it
#            is not told at all.
# So         who makes something beside its place and renames it (an unpacked archive, a checkout) and relies on a watcher
#            moves what is in it into a folder that is watched already, or renames each folder of the tree away and back,
#            from the top down, or looks for itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @parcel/watcher@2.5.6
mkdir -p watched/old/below outside/tree/below
cat >look.js <<'END'
const { renameSync, writeFileSync } = require('fs');
const path = require('path');
const watcher = require('@parcel/watcher');
const root = path.resolve('watched');
let told = [];
const hear = (_, events) => {
  for (const { type, path: file } of events) told.push(`${type} ${path.relative(root, file)}`);
};
/** Events come in order: a file at the end says that the others are there. */
const tell = async (what) => {
  writeFileSync(path.join(root, 'end'), what);
  while (!told.some((one) => one.endsWith(' end'))) await new Promise((done) => setTimeout(done, 20));
  console.log(`${what}: ${told.filter((one) => !one.endsWith(' end')).sort().join(', ')}`);
  told = [];
};
(async () => {
  const subscription = await watcher.subscribe(root, hear, { backend: 'inotify' });
  renameSync('watched/old', 'watched/new');
  await tell('renamed');
  for (const folder of ['new', 'new/below']) writeFileSync(`watched/${folder}/file`, '');
  await tell('two files in it');
  renameSync('outside/tree', 'watched/tree');
  await tell('moved in');
  for (const folder of ['tree', 'tree/below']) writeFileSync(`watched/${folder}/file`, '');
  await tell('two files in it');
  await subscription.unsubscribe();
})();
END
node look.js | tee seen
[ "$(cat seen)" = 'renamed: create new, delete old
two files in it: create new/file, create old/below/file
moved in: create tree
two files in it: create tree/file' ]
echo 'as described'
# Seen:
#   renamed: create new, delete old
#   two files in it: create new/file, create old/below/file
#   moved in: create tree
#   two files in it: create tree/file
