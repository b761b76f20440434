/** Names for the bits of capabilities(7). Called where a process is looked into, and before one starts. */

/** In the order of their numbers, without CAP_, up to Linux 5.9's last. */
export const capabilityNames: readonly string[] =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'.split(
    ' ',
  );

/** By its name in config.json, `CAP_KILL`: setpriv(1) refuses others. */
export function isCapability(name: string): boolean {
  return capabilityNames.includes(name.replace(/^CAP_/, ''));
}

/** The names of the bits that are set; one that is newer than the list is called by its number. */
export function namesOfCapabilities(set: bigint): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if ((set >> BigInt(bit)) & 1n) names.push(capabilityNames[bit] ?? String(bit));
  }
  return names;
}
