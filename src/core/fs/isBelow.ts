/** Whether a path is a folder, or anything below it; both are absolute, or both relative, without `.`, `..` and a slash at their end. */
export function isBelow(file: string, folder: string): boolean {
  return folder === '/' || file === folder || file.startsWith(`${folder}/`);
}
