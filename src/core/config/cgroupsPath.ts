/** What `linux.cgroupsPath` names, once it is known to be a path (resourcesSchema.ts). */

/** systemd's slice:prefix:name names a unit, which only systemd makes. */
export function isUnitName(cgroupsPath: string): boolean {
  return cgroupsPath.includes(':');
}
