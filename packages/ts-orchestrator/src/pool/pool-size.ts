/**
 * How large a pool may become, where its options leave that to the machine. Apart from pool-options.ts: reading the machine takes a
 * millisecond or two, which the first worker need not wait for.
 */
import { coresAllowed, shareOf } from '@heddle/machine';
import type { Backend } from '../isolation/levels.ts';
import {
  checkOptions,
  readPoolOptions,
  type CheckedPoolOptions,
  type ReadPoolOptions,
  type ResolvedPoolOptions,
} from './pool-options.ts';

export function sizeOptions({ size, ...checked }: CheckedPoolOptions): ResolvedPoolOptions {
  const isInline = checked.backend === 'inline';
  let most = size === 'auto' ? undefined : size;
  let { cores: part, isExact } = checked.share;
  return Object.freeze({
    ...checked,
    /** Looked up when it is first asked for: a pool that chooses may never want a worker. */
    get workersMax(): number {
      return isInline ? 1 : (most ??= coresAllowed());
    },
    /** Looked up likewise, where it is not known without. */
    get coresEach(): number | undefined {
      if (!isExact) part = shareOf(coresAllowed(), most!);
      isExact = true;
      return part;
    },
    /** Inline it is always a number. */
    tasksPerWorker: isInline ? most! : 1,
  });
}

/** Throws what `checkOptions` throws. */
export function resolveOptions(read: ReadPoolOptions, asked: Backend | undefined): ResolvedPoolOptions {
  return sizeOptions(checkOptions(read, asked));
}

/**
 * Checks and freezes the options of a pool with one backend.
 * @throws {HeddleError} HEDDLE_OPTION_UNKNOWN, HEDDLE_OPTION_INVALID, HEDDLE_OPTION_UNSUPPORTED, HEDDLE_OPTION_CONFLICT.
 */
export function parsePoolOptions(raw: unknown): ResolvedPoolOptions {
  const read = readPoolOptions(raw);
  return resolveOptions(read, read.backend === 'auto' ? undefined : read.backend);
}
