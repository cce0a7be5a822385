/**
 * Names and arguments are checked by TypeScript from the task module's own types. Checked when the tests are compiled; nothing
 * here is called.
 */
import { expect, expectTypeOf, it } from 'vitest';
import type { Pool } from '@heddle/ts-orchestrator';
import { currentTask } from '@heddle/ts-orchestrator/task';
import type * as tiles from './fixtures/typescript/tiles.ts';

interface Extra {
  setup(data: unknown): void;
  teardown(): void;
  optional(a: number, b?: string): Promise<Map<string, number>>;
  none(): void;
  list(items: readonly string[]): number;
  version: string;
}

it('types of calls', () => {
  const calls = (pool: Pool<typeof tiles>, extra: Pool<Extra>) => {
    expectTypeOf(pool.run('area', [{ width: 1, height: 2 }])).toEqualTypeOf<Promise<number>>();
    expectTypeOf(pool.run('area', [{ width: 1, height: 2 }], { timeoutMs: 5 })).toEqualTypeOf<Promise<number>>();
    expectTypeOf(extra.run('optional', [1])).toEqualTypeOf<Promise<Map<string, number>>>();
    expectTypeOf(extra.run('none')).toEqualTypeOf<Promise<void>>();
    expectTypeOf(extra.run('list', [['a']])).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error -- no such export
    void pool.run('aera', [{ width: 1, height: 2 }]);
    // @ts-expect-error -- wrong argument
    void pool.run('area', [{ width: '1', height: 2 }]);
    // @ts-expect-error -- arguments are required
    void pool.run('area');
    // @ts-expect-error -- too many
    void extra.run('none', [1]);
    // @ts-expect-error -- serves the worker
    void extra.run('setup', [1]);
    // @ts-expect-error -- no function
    void extra.run('version');
    // @ts-expect-error -- no such option
    void extra.run('none', [], { timeout: 5 });
  };
  const insideTask = () => {
    const task = currentTask<typeof tiles>();
    expectTypeOf(task.run('area', [{ width: 1, height: 2 }], { priority: 1 })).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error -- no such export
    void task.run('aera', [{ width: 1, height: 2 }]);
    // @ts-expect-error -- a predicate would have to run in the host
    void task.run('area', [{ width: 1, height: 2 }], { retryOn: () => true });
    void currentTask().run('anything', [1, 2]);
  };
  const iterations = async (pool: Pool<typeof tiles>) => {
    const scene = [{ width: 1, height: 2 }];
    for await (const item of pool.map('area', scene))
      expectTypeOf(item).toEqualTypeOf<{ readonly index: number; readonly value: number }>();
    for await (const item of pool.map('area', scene, { onError: 'collect' })) {
      if (item.error === undefined) expectTypeOf(item.value).toEqualTypeOf<number | undefined>();
    }
    for await (const row of pool.stream('rows', [scene[0]!])) expectTypeOf(row).toEqualTypeOf<number>();
    // @ts-expect-error -- items of another type
    pool.map('area', [1, 2]);
  };
  expect([calls, insideTask, iterations].map((each) => typeof each)).toEqual(['function', 'function', 'function']);
});
