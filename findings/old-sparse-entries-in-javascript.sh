#!/usr/bin/env bash
# A sparse file in a tar archive, as readers from npm see it.
#
# Software   tar 1.34, as Debian 12 packages it; tar-stream 3.2.2 and tar 7.5.23 (node-tar), from npm.
# Guess      what GNU tar writes with --sparse in its own default format is read, or named as what is not understood;
#            node-tar with `strict` makes an error of whatever it would leave out.
# Behaviour  of the old GNU form (type S) node-tar leaves the file out, without an error, a warning or `strict` minding:
#            the archive seems to hold one file less. tar-stream hands it out with the type null and the bytes of its map
#            left out, so that they stand at other places than in the file. Of the pax form both make a plain file,
#            with the name ./GNUSparseFile.PID/NAME and the map at the beginning of its content.
# So         who unpacks archives of others with these looks at the types beforehand, or hands them to tar.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download tar=1.34+dfsg-1.2+deb12u1 >/dev/null 2>&1
dpkg -x ./*.deb tools
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund tar-stream@3.2.2 tar@7.5.23
mkdir tree
truncate --size=1M tree/disk
printf begin | dd of=tree/disk conv=notrunc status=none
printf end | dd of=tree/disk conv=notrunc status=none oflag=seek_bytes seek=524288
echo text >tree/after
for form in gnu pax; do tools/bin/tar --sparse --format=$form -C tree -cf $form.tar disk after; done
cat >look.js <<'END'
const { createReadStream } = require('fs');
const { extract } = require('tar-stream');
const tar = require('tar');
const plain = (name) => name.replace(/\.\d+\//, '.PID/');
(async () => {
  for (const form of ['gnu', 'pax']) {
    const found = [];
    const archive = createReadStream(`${form}.tar`).pipe(extract());
    for await (const entry of archive) {
      entry.resume();
      found.push(`${plain(entry.header.name)} (${entry.header.type}, ${entry.header.size} bytes)`);
    }
    console.log(`${form}, tar-stream: ${found.join(', ')}`);
    const [listed, warned] = [[], []];
    await tar.t({
      file: `${form}.tar`, strict: true, onwarn: (_, message) => warned.push(message),
      onReadEntry: ({ path, type, size }) => listed.push(`${plain(path)} (${type}, ${size} bytes)`),
    });
    console.log(`${form}, node-tar: ${listed.join(', ')}; ${warned.length} warnings`);
  }
})();
END
echo "disk has $(stat -c %s tree/disk) bytes" | tee seen
node look.js | tee -a seen
[ "$(sed -E 's/, [0-9]+ bytes/, N bytes/g' seen)" = 'disk has 1048576 bytes
gnu, tar-stream: disk (null, N bytes), after (file, N bytes)
gnu, node-tar: after (File, N bytes); 0 warnings
pax, tar-stream: ./GNUSparseFile.PID/disk (file, N bytes), after (file, N bytes)
pax, node-tar: ./GNUSparseFile.PID/disk (File, N bytes), after (File, N bytes); 0 warnings' ]
echo 'as described'
# Seen:
#   disk has 1048576 bytes
#   gnu, tar-stream: disk (null, 8192 bytes), after (file, 5 bytes)
#   gnu, node-tar: after (File, 5 bytes); 0 warnings
#   pax, tar-stream: ./GNUSparseFile.PID/disk (file, 8704 bytes), after (file, 5 bytes)
#   pax, node-tar: ./GNUSparseFile.PID/disk (File, 8704 bytes), after (File, 5 bytes); 0 warnings
