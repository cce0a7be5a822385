/**
 * The four levels of isolation, and which backend gives them. Each level contains what the one before it does:
 *
 * `none`     the host's own thread is good enough
 * `heap`     a heap and a loop of its own: out of memory in JavaScript and `process.exit` stay with the worker
 * `process`  a process group of its own with a clean environment: crashes of native code stay with the worker too
 * `sandbox`  that process without network, on a read-only root, under Node's permission model
 */
import { heddleError } from '../errors/errors.ts';

/** Where tasks run. */
export type Backend = 'inline' | 'threads' | 'processes';

export type IsolationLevel = 'none' | 'heap' | 'process' | 'sandbox';

/** What `require` asks for. */
export interface Requirements {
  readonly isolation: IsolationLevel | undefined;
  readonly sharedMemory: boolean;
}

const ISOLATION_OF: Readonly<Record<IsolationLevel, readonly Backend[]>> = {
  none: ['threads', 'processes', 'inline'],
  heap: ['threads', 'processes'],
  process: ['processes'],
  sandbox: ['processes'],
};
const SHARING: ReadonlySet<Backend> = new Set(['threads', 'inline']);

/**
 * The backend that was asked for, or the first that meets the requirements.
 * @throws {HeddleError} HEDDLE_OPTION_CONFLICT, when nothing can meet them.
 */
export function chooseBackend(asked: Backend | undefined, require: Requirements): Backend {
  const { isolation = 'none', sharedMemory } = require;
  const able = ISOLATION_OF[isolation];
  if (sharedMemory && !able.some((backend) => SHARING.has(backend)))
    throw heddleError('HEDDLE_OPTION_CONFLICT', {
      option: 'require.sharedMemory true',
      other: `require.isolation '${isolation}'`,
      instead: 'processes share no memory; leave one of the two out',
    });
  if (asked === undefined) return able[0]!;
  if (!able.includes(asked))
    throw heddleError('HEDDLE_OPTION_CONFLICT', {
      option: `require.isolation '${isolation}'`,
      other: `backend '${asked}'`,
      instead: `use backend ${able.map((backend) => `'${backend}'`).join(' or ')}, or leave backend out`,
    });
  if (sharedMemory && !SHARING.has(asked))
    throw heddleError('HEDDLE_OPTION_CONFLICT', {
      option: 'require.sharedMemory true',
      other: `backend '${asked}'`,
      instead: `use backend 'threads', or leave backend out`,
    });
  return asked;
}
