/**
 * The word that gives kubectl(1) one file. Its `--filename` is a list in CSV (`StringSliceVarP` of pflag): a comma in
 * a path would end it, and have kubectl apply another file that a stranger's folder has at its beginning. Pure.
 */

/** @param file absolute path */
export function filenameWord(file: string): string {
  const field = /[",\r\n]/.test(file) ? `"${file.replaceAll('"', '""')}"` : file;
  return `--filename=${field}`;
}
