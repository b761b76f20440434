/** What a new rootfs holds besides BusyBox, for `scaffold`: the least that a shell needs. */

/** Folders with their modes (hier(7)): `/root` only for root, `/tmp` for every user. */
export const rootfsFolders: readonly (readonly [name: string, mode: number])[] = [
  ['bin', 0o755],
  ['proc', 0o755],
  ['dev', 0o755],
  ['dev/pts', 0o755],
  ['sys', 0o755],
  ['tmp', 0o1777],
  ['etc', 0o755],
  ['root', 0o755],
];

/** @param name the container's: `validateName` has passed it, so it holds nothing to escape */
export function rootfsFiles(name: string): readonly (readonly [file: string, text: string])[] {
  return [
    ['etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'],
    ['etc/group', 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n'],
    ['etc/hostname', `${name}\n`],
    ['etc/profile', profile],
    ['etc/motd', `This is ${name}, a container. "exit" ends it.\n`],
  ];
}

/** Read by login shells only (`sh -l`). */
const profile = `export PS1='\\u@\\h:\\w\\$ '
[ -r /etc/motd ] && cat /etc/motd
`;
