/**
 * Files and folders that one check of a rootfs looks at: the words of one command. Apart from the parsers, because the
 * editor has it from its start on.
 */
export const maxCheckedPlaces = 400;
