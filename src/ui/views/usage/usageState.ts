/** Reads what a page of the usage panel left in VS Code's keeping, perhaps in another version. Pure. */
import { type UsageSample, maxSamples } from '../../../core/tree/usage';
import type { UsageState } from './messages';

/** @returns undefined where it is none, or of another version */
export function parseUsageState(state: unknown): UsageState | undefined {
  if (!isRecord(state)) return undefined;
  const { id, name, samples, bootedAt } = state;
  if (typeof id !== 'string' || typeof name !== 'string' || !isNumber(bootedAt)) return undefined;
  if (!Array.isArray(samples) || samples.length > maxSamples || !samples.every(isSample))
    return undefined;
  return { id, name, samples, bootedAt };
}

function isSample(sample: unknown): sample is UsageSample {
  if (!isRecord(sample)) return false;
  const { at, cpu, memory, processes, isUpperBound = false } = sample;
  return (
    isNumber(at) &&
    typeof isUpperBound === 'boolean' &&
    [cpu, memory, processes].every((value) => value === null || isNumber(value))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
