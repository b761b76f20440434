/** Whether an absolute path is a folder, or anything below it; both without `.`, `..` and a slash at their end. */
export function isBelow(file: string, folder: string): boolean {
  return folder === '/' || file === folder || file.startsWith(`${folder}/`);
}
