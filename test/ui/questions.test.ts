// NOTE to the engineer of `words`: the ten questions are being written by somebody else. Do not commit this file, do not write it.
export {};
