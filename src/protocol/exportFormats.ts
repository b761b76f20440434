/** What an export can make. Apart from exports.ts, because each command line is read by these words, without zod. */

/** A tree; an image as a folder; as an archive of such a folder; as Docker and Podman load it; a manifest. */
export const exportFormats = ['tar', 'oci', 'oci-archive', 'docker-archive', 'pod'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The target that is standard output; `./-` is a file. */
export const standardOutput = '-';
