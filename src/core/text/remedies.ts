/**
 * Remedies for messages of core and helper. Both the editor and the command line show them, so each
 * names the command of the palette and what does the same without it (ui/showError.ts makes buttons of
 * the former).
 */

/**
 * @param does what the check does about it: `says how`
 * @param code of the check in the report
 */
export function machineCheck(does: string, code: string): string {
  return `“Terrarium: Check This Machine” or “helper.js check” ${does} (${code})`;
}

/** Continues a sentence: `start it with …`. */
export const otherPrivilege =
  'the other privilege (“Terrarium: Choose Privilege…”; on the command line with or without sudo)';

export const scriptByHand =
  'make a script of the start (“Export Start Script…”; “helper.js plan” on the command line) and run it by hand to look closer';

/** How a person gets cgroups: what starts the containers has to run in one that is delegated. */
export const inDelegatedCgroup =
  'systemd-run --user --scope -p Delegate=yes COMMAND, where COMMAND starts the editor’s server or helper.js';

/** For files that a rootless helper may not change. */
export const filesNeedRoot =
  'Files that root made need root: use sudo (“Terrarium: Choose Privilege…” in the editor) and try again.';

/** For a rootfs of another user; continues a sentence. */
export const makeYours =
  'make its files yours (“Take Ownership of Rootfs Files”; “helper.js ownership take” with sudo on the command line)';

/** For a rootfs that lies outside of its bundle. */
export const allowRootfs =
  'Set root.path to "rootfs". If this bundle is yours, or you trust it with that tree, allow a folder of yours that the rootfs lies below: in the setting terrarium.rootfsBelow of the editor, with --rootfs-below FOLDER on the command line.';
