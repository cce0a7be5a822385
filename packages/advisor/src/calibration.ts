/**
 * What backends cost on one machine, kept from one program to the next: the format, and whether a text may be believed. Pure: who keeps it
 * reads and writes.
 *
 * A text is believed whole or not at all, because a file with one wrong number has been written by something else. Every number may be
 * missing: a program that has only started threads knows what a start of a thread takes, and no more.
 */
import { BACKENDS, type Backend, type BackendCosts } from './question.ts';

/** What a calibration holds for. Another machine, another Node or other cores have their own. */
export interface CalibrationKey {
  /** With the leading `v`. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cpu: string;
  /** Whole cores that programs here may use. */
  readonly cores: number;
}

/** Costs as they are kept; `batchedCallerMs`: of items that travel together. */
export type CalibratedCosts = Partial<Omit<BackendCosts, 'isReady'> & { readonly batchedCallerMs: number }>;

export interface Calibration {
  readonly key: CalibrationKey;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly costs: Readonly<Record<Backend, CalibratedCosts>>;
  /** To copy a MiB of numbers, and a thousand small objects. */
  readonly cloneMsPerMiB?: number | undefined;
  readonly cloneMsPerThousandObjects?: number | undefined;
}

export type Verdict = { readonly calibration: Calibration } | { readonly problem: string };

/** Raised when numbers come to mean something else. */
const VERSION = 1;
/** Kernels, drivers and neighbours change. A guess. */
export const CALIBRATION_HOLDS_MS = 30 * 24 * 3_600_000;
/** Clocks of machines that share a home folder differ by so much, and are set by so much. A guess. */
const FUTURE_MS = 60_000;
/** A whole calibration takes less than 2 KiB. */
export const CALIBRATION_BYTES_MAX = 65_536;

/** Least and most that a number may be: a hundred times around what was seen on slow and fast machines, or what can't be. */
const BOUNDS = {
  startMs: [0.1, 60_000],
  callerMs: [1e-6, 10],
  batchedCallerMs: [1e-6, 10],
  workerMs: [0, 10],
  latencyMs: [1e-4, 1_000],
  memoryMiB: [0.1, 4_096],
  cloneMsPerMiB: [1e-3, 1_000],
  cloneMsPerThousandObjects: [1e-3, 1_000],
} as const satisfies Record<string, readonly [number, number]>;

export type CalibratedNumber = keyof typeof BOUNDS;

export function isPlausible(name: CalibratedNumber, value: unknown): value is number {
  const [least, most] = BOUNDS[name];
  return typeof value === 'number' && value >= least && value <= most;
}

export function writeCalibration(calibration: Calibration): string {
  return `${JSON.stringify({ version: VERSION, ...calibration }, null, 2)}\n`;
}

/** Whether a text is a calibration for this machine at this time, and if not, why in one phrase. Never throws. */
export function readCalibration(text: string, key: CalibrationKey, nowMs: number): Verdict {
  if (text.length > CALIBRATION_BYTES_MAX) return { problem: 'it is too long to be one' };
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  if (!isRecord(raw)) return { problem: 'it is not a calibration' };
  const { version, madeAt, key: itsKey, costs, ...rest } = raw;
  if (version !== VERSION) return { problem: `it has version ${show(version)}, and this one reads ${VERSION}` };
  if (!isRecord(itsKey) || !isRecord(costs) || typeof madeAt !== 'number' || !Number.isFinite(madeAt))
    return { problem: 'it is not a calibration' };
  for (const [name, value] of Object.entries(key))
    if (itsKey[name] !== value)
      return { problem: `it is of another machine: ${name} ${show(itsKey[name])}, here ${show(value)}` };
  if (madeAt > nowMs + FUTURE_MS) return { problem: 'it is from the future' };
  if (nowMs - madeAt > CALIBRATION_HOLDS_MS)
    return { problem: `it is older than ${CALIBRATION_HOLDS_MS / 86_400_000} days` };
  const found: Record<Backend, CalibratedCosts> = { inline: {}, threads: {}, processes: {} };
  for (const backend of BACKENDS) {
    const numbers = costs[backend];
    if (!isRecord(numbers)) return { problem: 'it is not a calibration' };
    const wrong = wrongNumber(numbers);
    if (wrong !== undefined) return { problem: `costs.${backend}.${wrong}` };
    found[backend] = numbers;
  }
  const wrong = wrongNumber(rest);
  if (wrong !== undefined) return { problem: wrong };
  return { calibration: { key, madeAt, costs: found, ...rest } };
}

/** The first that is no number of a calibration, in words. */
function wrongNumber(numbers: Record<string, unknown>): string | undefined {
  for (const [name, value] of Object.entries(numbers))
    if (!Object.hasOwn(BOUNDS, name) || !isPlausible(name as CalibratedNumber, value))
      return `${name} is ${show(value)}`;
  return undefined;
}

/**
 * What is known of a number after a program has measured it once more. Less is believed sooner than more: nothing makes a start quicker
 * than it is, while what a program measures may hold its own (a start loads its task module too), and other work beside it. And never more
 * than twice what was known at a time.
 */
export function corrected(known: number, measured: number): number {
  if (measured <= known) return Math.max(measured, known + (measured - known) * DOWN);
  return Math.min(measured, known + (Math.min(measured, 2 * known) - known) * UP);
}
const DOWN = 0.5;
const UP = 0.1;

/** Readable, and of this machine alone: homes are shared by machines. */
export function calibrationFileName({ node, platform, arch, cpu, cores }: CalibrationKey): string {
  const words = [node, platform, arch, cpu, `${cores}`].map((word) =>
    word.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-'),
  );
  return `calibration-${words.join('-').slice(0, 120)}.json`;
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** Short, whatever it is. */
function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 60);
}
