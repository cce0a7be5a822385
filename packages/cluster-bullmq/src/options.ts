/** How options are checked: unknown keys are refused, every value has a range. */
import { clusterError } from './errors.ts';

export function checkKeys(what: string, raw: object | undefined, known: readonly string[]): void {
  if (typeof raw !== 'object' || raw === null)
    throw clusterError('CLUSTER_OPTION', `the options of ${what}`, 'an object', String(raw));
  for (const key of Object.keys(raw))
    if (!known.includes(key))
      throw clusterError('CLUSTER_OPTION', `an option of ${what}`, `one of ${known.join(', ')}`, key);
}

export function whole(name: string, raw: unknown, min: number, max: number, fallback: number): number {
  if (raw === undefined) return fallback;
  if (typeof raw === 'number' && Number.isInteger(raw) && raw >= min && raw <= max) return raw;
  throw clusterError('CLUSTER_OPTION', name, `a whole number from ${min} to ${max}`, String(raw));
}

export function choice<const T extends string>(name: string, raw: unknown, choices: readonly T[], fallback: T): T {
  if (raw === undefined) return fallback;
  if (choices.includes(raw as T)) return raw as T;
  throw clusterError('CLUSTER_OPTION', name, `one of ${choices.join(', ')}`, String(raw));
}

/** Names go into keys of Redis: no braces, no colons, no wildcards. */
const NAME = /^[\w.-]{1,100}$/;
const NAME_EXPECTED = '1 to 100 letters, digits, dots, dashes or underscores';

export function projectName(raw: unknown): string {
  if (raw === undefined) return 'default';
  if (typeof raw === 'string' && NAME.test(raw)) return raw;
  throw clusterError('CLUSTER_OPTION', 'project', NAME_EXPECTED, String(raw));
}

export function runName(raw: unknown): string | undefined {
  if (raw === undefined || (typeof raw === 'string' && NAME.test(raw))) return raw;
  throw clusterError('CLUSTER_OPTION', 'runId', NAME_EXPECTED, String(raw));
}
