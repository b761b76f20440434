/** `algorithm:encoded` (image-spec, descriptor.md), as far as it can be verified here. */
export const digestPattern = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
