/**
 * The types that make `pool.run('name', args)` checked: names and arguments come from `typeof tasks`.
 */

/** A task module as TypeScript sees it with `import type * as tasks from './x.tasks.ts'`. */
export type TaskModuleShape = object;

// `never[]` takes any function; the arguments are read from the real type.
type AnyFunction = (...args: never[]) => unknown;

/** Names of the exported functions that can be called; `setup` and `teardown` serve the worker. */
export type TaskName<M> = {
  [K in keyof M]: M[K] extends AnyFunction ? (K extends 'setup' | 'teardown' ? never : K) : never;
}[keyof M] &
  string;

/** Arguments of task `K`. */
export type TaskArgs<M, K extends keyof M> = M[K] extends (...args: infer A) => unknown ? A : never;

/** What follows the name in `run` and `stream`; the arguments may be left out where none are required. */
export type CallRest<A, O> = A extends readonly unknown[]
  ? [] extends A
    ? [args?: Readonly<A>, options?: O]
    : [args: Readonly<A>, options?: O]
  : never;

/** What `run` of task `K` resolves to. */
export type TaskResult<M, K extends keyof M> = M[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

/** What `map` passes to task `K`. */
export type TaskItem<M, K extends keyof M> = M[K] extends (item: infer I, ...rest: never[]) => unknown ? I : never;

/** What `stream` of task `K` yields. */
export type TaskYield<M, K extends keyof M> = M[K] extends (...args: never[]) => infer R
  ? Awaited<R> extends AsyncIterable<infer Y>
    ? Y
    : Awaited<R> extends Iterable<infer Y>
      ? Y
      : never
  : never;

/** A module whose types are not known. */
// oxlint-disable-next-line typescript/no-explicit-any -- the one place where a caller asked for no checking
export type UntypedModule = Record<string, (...args: any[]) => any>;
