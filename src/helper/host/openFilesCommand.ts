/** Puts the caller's own limit on open files before a command (see callerLimits.ts). */
import type { OciConfig } from '../../core/config/schema';
import { callerOpenFiles } from './callerLimits';
import { findTool } from './hostTools';

/** @returns words that end before the command; none where config.json says, or nothing is known */
export function openFilesCommand({ process: { rlimits } }: OciConfig): string[] {
  const soft = callerOpenFiles();
  if (soft === undefined || rlimits?.some(({ type }) => type === 'RLIMIT_NOFILE')) return [];
  return [findTool('prlimit')!, `--nofile=${soft}:`, '--'];
}
