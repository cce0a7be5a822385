/**
 * Makes a Workload from its parts: a table of variants (each computes an output of one type) and one check of that
 * output. What every workload needs is here once: options are checked, the last output is kept for the check, and a
 * variant that fails to start leaves nothing behind.
 */
import type { Explanation } from '@heddle/ts-orchestrator';
import { VARIANT_KINDS, needsNative } from './workload.ts';
import type { CheckReport, Contestant, CreateOptions, Size, VariantKind, Workload } from './workload.ts';

/** A variant that has started: pools are up, input is loaded. */
export interface Runner<Output> {
  run(): Promise<Output>;
  close?(): Promise<void>;
  /** Of a pool that chooses. */
  explain?(): Explanation;
}

export interface VariantContext<S extends Size> {
  size: S;
  workers: number;
  dir: string;
}

export type Variant<S extends Size, Output> = (context: VariantContext<S>) => Promise<Runner<Output>>;

export type Variants<S extends Size, Output> = Partial<Record<VariantKind, Variant<S, Output>>>;

export interface WorkloadParts<S extends Size, Output> extends Omit<
  Workload,
  'kinds' | 'sizeOf' | 'describe' | 'prepare' | 'create'
> {
  variants: Variants<S, Output>;
  sizeOf(work: number): S;
  describe(size: S): string;
  prepare?(size: S, dir: string): Promise<void>;
  check(output: Output, context: VariantContext<S>): Promise<CheckReport>;
  /** Measures besides the time of the round; `elapsedMs` is that time, for rates. */
  measuresOf?(output: Output, elapsedMs: number, size: S): Record<string, number>;
}

export function defineWorkload<S extends Size, Output>(parts: WorkloadParts<S, Output>): Workload {
  const { variants, check, measuresOf, prepare, sizeOf, describe, minimumWork, ...facts } = parts;
  const smallest = sizeOf(minimumWork);
  const parse = (size: Size): S => parseSize(parts.name, smallest, size);
  return {
    ...facts,
    minimumWork,
    kinds: VARIANT_KINDS.filter((kind) => variants[kind] !== undefined),
    sizeOf(work) {
      if (!(work > 0) || !Number.isFinite(work)) throw new RangeError(`work must be a number > 0, got ${String(work)}`);
      return sizeOf(Math.max(work, minimumWork));
    },
    describe: (size) => describe(parse(size)),
    ...(prepare && { prepare: (size: Size, dir: string) => prepare(parse(size), dir) }),
    async create(kind, options) {
      const variant = variants[kind];
      if (!variant) throw new RangeError(`workload '${parts.name}' has no variant '${String(kind)}'`);
      const context = parseContext(parse(options.size), options);
      if (needsNative(kind)) await demandAddon(kind);
      return makeContestant(await variant(context), context, check, measuresOf);
    },
  };
}

/** Imported only here and by the kinds that use it: no other contestant's memory carries the addon. */
async function demandAddon(kind: VariantKind): Promise<void> {
  const { isAvailable, unavailableReason } = await import('@heddle/core-native');
  if (!isAvailable()) throw new Error(unavailableReason() ?? `'${kind}' needs the addon of @heddle/core-native`);
}

function makeContestant<S extends Size, Output>(
  runner: Runner<Output>,
  context: VariantContext<S>,
  check: (output: Output, context: VariantContext<S>) => Promise<CheckReport>,
  measuresOf?: (output: Output, elapsedMs: number, size: S) => Record<string, number>,
): Contestant {
  let last: { output: Output } | undefined;
  let closing: Promise<void> | undefined;
  return {
    async round() {
      // Forgotten first: a round that fails must not leave the result of the one before to be checked.
      last = undefined;
      const start = performance.now();
      const output = await runner.run();
      const elapsedMs = performance.now() - start;
      last = { output };
      return measuresOf?.(output, elapsedMs, context.size);
    },
    async check() {
      if (!last) throw new Error('check() needs a round that succeeded');
      const report = await check(last.output, context);
      return runner.explain === undefined ? report : { ...report, explanation: runner.explain() };
    },
    close() {
      closing ??= runner.close?.() ?? Promise.resolve();
      return closing;
    },
  };
}

function parseSize<S extends Size>(name: string, example: S, size: Size): S {
  for (const key of Object.keys(example)) {
    const value = size[key];
    if (value === undefined || !Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`size.${key} of workload '${name}' must be a whole number >= 1, got ${String(value)}`);
    }
  }
  for (const key of Object.keys(size)) {
    if (!(key in example)) throw new RangeError(`workload '${name}' has no size named '${key}'`);
  }
  return size as S;
}

function parseContext<S extends Size>(size: S, { workers, dir }: CreateOptions): VariantContext<S> {
  if (!Number.isInteger(workers) || workers < 1 || workers > 256) {
    throw new RangeError(`workers must be a whole number from 1 to 256, got ${String(workers)}`);
  }
  if (typeof dir !== 'string' || dir === '')
    throw new RangeError(`dir must be the path of a folder, got ${String(dir)}`);
  return { size, workers, dir };
}
