/**
 * What every pool promises. One suite, run over all of them (pool.subjects.ts); where one can't keep a promise, its subject has the
 * exception with its reason, and the suite shows it as skipped with that reason.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sharedArray, type IsolationLevel, type PoolOptions, type PoolStats } from '@heddle/ts-orchestrator';
import fs from 'node:fs';
import path from 'node:path';
import { collect, errorOf, fixture, isAlive, temporaryFolder } from './helpers.ts';
import { localSubject, type AnyPool, type Asked, type Subject } from './pool.subjects.ts';

/** Where the clock can't be held until a task has begun. */
const LONG_ENOUGH_TO_BEGIN_MS = 10_000;

export function poolContract(asked: Asked, isolation?: IsolationLevel): void {
  contractOf(localSubject(asked, isolation));
}

export function contractOf(subject: Subject): void {
  const { backend, isMixed, isTransferring } = subject;
  describe(subject.name, () => {
    const open: AnyPool[] = [];
    async function openPool(module: string, options: PoolOptions): Promise<AnyPool> {
      const pool = await subject.open(module, options);
      open.push(pool);
      return pool;
    }
    const makePool = (options: PoolOptions = {}, file = 'tasks.mjs') =>
      openPool(fixture(file), { workers: 2, ...options });
    afterEach(async () => {
      await Promise.allSettled(open.splice(0).map((pool) => pool.close({ cancel: true })));
    });
    const all = new Set<string>();
    /** A promise of the contract; skipped, with the reason, where the subject has an exception to it. */
    function promises(promise: string, body: () => Promise<void>): void {
      all.add(promise);
      const reason = subject.exceptionTo(promise);
      if (reason === undefined) it(promise, body);
      else it.skip(`${promise} (${reason})`, body);
    }
    /** A part that only the pool's own figures show. */
    async function counted(pool: AnyPool, check: (stats: PoolStats) => void | Promise<void>): Promise<void> {
      if (subject.isCounted) await check(pool.stats());
    }
    /** What the subject says instead of a code. */
    const codeOf = (code: string) => subject.codes?.[code] ?? code;
    const moving = (...transfer: ArrayBuffer[]) => (isTransferring ? { transfer } : {});
    /** Runs a task and resolves when it has told that it runs. */
    /** A worker that heeds a cancel stays, however long that takes it on a machine that does much else. */
    const patient = { cancelGraceMs: 60_000 };
    function begin(pool: AnyPool, name: string, options: object = {}) {
      const { options: watching, started } = subject.watchStart(pool);
      const outcome = pool.run(name, [], { ...watching, ...options });
      outcome.catch(() => {});
      return { started, outcome };
    }
    /** Runs a task into its time-out, which comes when it has told that it runs, however long that took. */
    async function timesOutOnceBegun(pool: AnyPool, name: string): Promise<unknown> {
      if (!subject.isTimedHere) return pool.run(name, [], { timeoutMs: LONG_ENOUGH_TO_BEGIN_MS });
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
      try {
        const { started, outcome } = begin(pool, name, { timeoutMs: 50 });
        await started;
        vi.advanceTimersByTime(50);
        return outcome;
      } finally {
        vi.useRealTimers();
      }
    }
    /** Keeps the only worker busy until the returned function is called. */
    async function occupy(pool: AnyPool): Promise<() => void> {
      const controller = new AbortController();
      await begin(pool, 'heedsAbort', { signal: controller.signal }).started;
      return () => controller.abort();
    }
    const isInline = backend === 'inline';

    describe('calls', () => {
      promises('gives the result of a function', async () => {
        const pool = await makePool();
        expect(await pool.run('add', [1, 2])).toBe(3);
        expect(await pool.run('returnsNothing')).toBeUndefined();
        expect(await pool.run('argumentCount', [undefined, undefined])).toBe(2);
      });

      promises('refuses a name that is no function, with the nearest', async () => {
        const pool = await makePool();
        expect(await errorOf(pool.run('squar', [1]))).toMatchObject({
          code: 'HEDDLE_TASK_UNKNOWN',
          message: expect.stringContaining('did you mean "square"?'),
        });
        await expect(pool.run('notAFunction')).rejects.toMatchObject({ code: 'HEDDLE_TASK_UNKNOWN' });
        await expect(pool.run('toString')).rejects.toMatchObject({ code: 'HEDDLE_TASK_UNKNOWN' });
        const iteration = async () => collect(pool.map('squar', [1]));
        expect(await errorOf(iteration())).toMatchObject({ code: 'HEDDLE_TASK_UNKNOWN' });
      });

      promises('refuses such a name at the call of map and stream', async () => {
        const pool = await makePool();
        expect(() => pool.map('squar', [])).toThrow(expect.objectContaining({ code: 'HEDDLE_TASK_UNKNOWN' }));
        expect(() => pool.stream('count')).toThrow(expect.objectContaining({ code: 'HEDDLE_TASK_UNKNOWN' }));
      });

      promises('refuses wrong options at the call', async () => {
        const pool = await makePool();
        await expect(pool.run('add', [1, 2], { timeOutMs: 3 } as object)).rejects.toMatchObject({
          code: codeOf('HEDDLE_OPTION_UNKNOWN'),
          message: expect.stringMatching(/did you mean "timeoutMs"\?|one of .*\btimeoutMs\b.*; got timeOutMs/),
        });
        await expect(pool.run('add', [1, 2], { timeoutMs: -1 })).rejects.toMatchObject({
          code: codeOf('HEDDLE_OPTION_INVALID'),
          message: expect.stringContaining('timeoutMs'),
        });
        await expect(pool.run('add', [1, 2], { timeoutMs: NaN })).rejects.toMatchObject({
          code: codeOf('HEDDLE_OPTION_INVALID'),
        });
        await expect(pool.run('add', 3 as never)).rejects.toMatchObject({ code: codeOf('HEDDLE_OPTION_INVALID') });
        expect(() => pool.map('square', 3 as never)).toThrow('an iterable or an async iterable');
      });

      promises('tells a task about itself, also after awaits', async () => {
        const pool = await makePool();
        expect(await pool.run('describesItself')).toEqual({
          name: 'describesItself',
          index: undefined,
          attempt: 1,
          workerId: 1,
        });
      });

      promises('tells a task its index in its map', async () => {
        const pool = await makePool();
        const turns = [3, 1, 2, 0];
        const indices = await collect(pool.map('indexAfterTurns', turns, { ...subject.apart }));
        expect(indices.map(({ value }) => value)).toEqual([0, 1, 2, 3]);
      });

      promises('tells in a worker that it is one', async () => {
        const pool = await makePool();
        expect(await pool.run('inWorker')).toBe(true);
      });

      promises('hands progress to the caller', async () => {
        const pool = await makePool();
        const seen: unknown[] = [];
        await pool.run('progresses', [3], { onProgress: (value) => seen.push(value) });
        expect(seen).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
        await expect(pool.run('progressesBadly')).rejects.toMatchObject({ code: 'HEDDLE_RESULT_UNCLONEABLE' });
        const problem = new Error('listener failed');
        const failing = pool.run('heedsAbort', [], {
          onProgress() {
            throw problem;
          },
        });
        await expect(failing).rejects.toBe(problem);
      });

      promises('runs setup with its data before the first task and teardown at the end', async () => {
        const file = path.join(temporaryFolder(), 'log');
        const data = { file, list: [1] };
        const pool = await makePool({ workers: 1, workerData: data }, 'lifecycle.mjs');
        await pool.run('touch');
        expect(await pool.run('setupData')).toEqual({ file, list: [1], touched: true });
        expect(data).not.toHaveProperty('touched');
        await expect(pool.run('setup', [1])).rejects.toMatchObject({ code: 'HEDDLE_TASK_UNKNOWN' });
        await pool.close();
        expect(fs.readFileSync(file, 'utf8')).toBe('teardown\n');
      });

      promises('tells when setup fails or takes too long', async () => {
        expect(await errorOf(makePool({ workerData: { fail: true } }, 'lifecycle.mjs'))).toMatchObject({
          code: 'HEDDLE_SETUP',
          message: expect.stringContaining('RangeError: no database'),
          cause: { code: 'E_DB', name: 'RangeError' },
        });
        expect(
          await errorOf(makePool({ workerData: { hang: true }, setupTimeoutMs: 20 }, 'lifecycle.mjs')),
        ).toMatchObject({ code: 'HEDDLE_START_TIMEOUT', message: expect.stringContaining('setupTimeoutMs') });
      });

      promises('tells when teardown fails or takes too long', async () => {
        const failing = await makePool({ workerData: { failTeardown: true } }, 'lifecycle.mjs');
        expect(await errorOf(failing.close())).toMatchObject({
          code: 'HEDDLE_TEARDOWN',
          message: expect.stringContaining('could not flush'),
        });
        expect(failing.stats().workers.live).toEqual([]);
        const hanging = await makePool({ workerData: { hangTeardown: true }, teardownTimeoutMs: 20 }, 'lifecycle.mjs');
        expect(await errorOf(hanging.close())).toMatchObject({
          code: 'HEDDLE_TEARDOWN',
          message: expect.stringContaining('teardownTimeoutMs'),
        });
        expect(hanging.stats().workers.live).toEqual([]);
      });
    });

    describe('values', () => {
      promises('arrive whole and of the same kind', async () => {
        const pool = await makePool();
        const buffer = new ArrayBuffer(32);
        const value = {
          numbers: [0, -0, NaN, Infinity, 2 ** 53, -1.5],
          big: -(2n ** 70n),
          text: 'ä\u0000\u{1f600}\ud800',
          nothing: [undefined, null],
          date: new Date(0),
          pattern: /a+/giu,
          map: new Map<unknown, unknown>([['k', new Set([1, 'x'])]]),
          f64: new Float64Array([1, 2, 3]),
          whole: new Uint8Array(buffer),
          part: new Int16Array(buffer, 8, 4),
          view: new DataView(buffer, 4),
          bytes: buffer,
          empty: new Uint32Array(0),
          sparse: Object.assign([], { 2: 'hole before' }),
          error: new RangeError('as a value'),
        };
        const cyclic: { self?: unknown; value: unknown } = { value };
        cyclic.self = cyclic;
        const back = (await pool.run('identity', [cyclic])) as typeof cyclic & { value: typeof value };
        expect(back.self).toBe(back);
        expect(back.value).toEqual(value);
        expect(Object.is(back.value.numbers[1], -0)).toBe(true);
        expect(back.value.f64).toBeInstanceOf(Float64Array);
        // Views of one buffer stay views of one buffer, and nothing else hangs on it.
        expect(back.value.part.buffer).toBe(back.value.whole.buffer);
        expect(back.value.f64.buffer.byteLength).toBe(24);
        expect(0 in back.value.sparse).toBe(false);
      });

      promises('are copied in both directions', async () => {
        const pool = await makePool({ workers: 1 });
        const list = ['mine'];
        expect(await pool.run('mutate', [list])).toEqual(['mine', 'seen']);
        expect(list).toEqual(['mine']);
        const kept = { n: 1 };
        const result = (await pool.run('keep', [kept])) as { n: number };
        result.n = 2;
        kept.n = 3;
        expect(await pool.run('keptNow')).toEqual({ n: 1 });
      });

      promises('are what they were at the call, also when the task has to wait', async () => {
        const pool = await makePool({ workers: 1 });
        const release = await occupy(pool);
        const list = ['at the call'];
        const waiting = pool.run('identity', [list]);
        list.push('after it');
        const args = [1, 2];
        const sum = pool.run('add', args);
        args[0] = 10;
        release();
        expect(await waiting).toEqual(['at the call']);
        expect(await sum).toBe(3);
      });

      promises('are whole when reading them calls the pool', async () => {
        const pool = await makePool({ workers: 1 });
        const inner: Array<Promise<unknown>> = [];
        const asking = (label: string) => ({
          first: label,
          get asked() {
            inner.push(pool.run('identity', [{ inner: label }]));
            return true;
          },
          last: label,
        });
        const free = pool.run('identity', [asking('free')]);
        const release = await occupy(pool);
        const waiting = pool.run('identity', [asking('waiting')]);
        release();
        expect(await free).toEqual({ first: 'free', asked: true, last: 'free' });
        expect(await waiting).toEqual({ first: 'waiting', asked: true, last: 'waiting' });
        for (const { inner: label } of (await Promise.all(inner)) as Array<{ inner: string }>)
          expect(['free', 'waiting']).toContain(label);
      });

      promises('are whole when reading them tells of progress', async () => {
        const pool = await makePool({ workers: 1 });
        const progress: unknown[] = [];
        const result = pool.run('asksWhileRead', [], { onProgress: (value) => progress.push(value) });
        expect(await result).toEqual({ first: 1, asked: true, last: 2 });
        // Read twice where the quick way to copy it was given up for the thorough one.
        for (const value of progress) expect(value).toEqual({ inner: true });
        expect(progress.length).toBeGreaterThan(0);
      });

      promises('are moved when listed, and detached here', async () => {
        const pool = await makePool({ workers: 1 });
        const now = new Float64Array([1, 2, 3]);
        const result = pool.run('identity', [now], { transfer: [now.buffer] });
        expect(now.byteLength).toBe(0);
        expect(await result).toEqual(new Float64Array([1, 2, 3]));
        const release = await occupy(pool);
        const later = new Uint8Array([4, 5]);
        const waiting = pool.run('identity', [later], { transfer: [later.buffer] });
        expect(later.byteLength).toBe(0);
        release();
        expect(await waiting).toEqual(new Uint8Array([4, 5]));
      });

      promises('are refused for transfer when they can not be moved', async () => {
        const pool = await makePool();
        const buffer = new ArrayBuffer(8);
        await pool.run('byteLengthOf', [buffer], { transfer: [buffer] });
        expect(await errorOf(pool.run('add', [1, 2], { transfer: [buffer] }))).toMatchObject({
          code: 'HEDDLE_TRANSFER',
          message: expect.stringContaining('transfer[0]'),
        });
        const twice = new ArrayBuffer(8);
        expect(await errorOf(pool.run('byteLengthOf', [twice], { transfer: [twice, twice] }))).toMatchObject({
          code: 'HEDDLE_TRANSFER',
        });
        await expect(pool.run('identity', [1], { transfer: [new Uint8Array(8)] as never })).rejects.toMatchObject({
          code: 'HEDDLE_OPTION_INVALID',
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('are moved by move() from a task', async () => {
        const pool = await makePool({ workers: 1 });
        expect(await pool.run('moves', [4])).toEqual({ array: new Float64Array(4).fill(1) });
        expect(await pool.run('lastMovedBytes')).toBe(0);
      });

      promises('are moved by move() from a generator', async () => {
        const pool = await makePool({ workers: 1 });
        expect(await collect(pool.stream('movesItems', [2]))).toEqual([new Uint8Array([0]), new Uint8Array([1])]);
        expect(await pool.run('lastMovedBytes')).toBe(0);
      });

      promises('that can not be sent are refused at the call, with their path', async () => {
        const pool = await makePool({ workers: 1 });
        const bad = { items: [1, { onDone: () => 1 }] };
        const expected = {
          code: codeOf('HEDDLE_ARGUMENT_UNCLONEABLE'),
          message: expect.stringMatching(/arguments( of "add")?\[1\]\.items\[1\]\.onDone is a function \(onDone\)/),
        };
        expect(await errorOf(pool.run('add', [1, bad]))).toMatchObject(expected);
        const release = await occupy(pool);
        expect(await errorOf(pool.run('add', [1, bad]))).toMatchObject(expected);
        release();
        expect(await errorOf(pool.run('add', [new Map([['k', Symbol('s')]])]))).toMatchObject({
          message: expect.stringMatching(/arguments( of "add")?\[0\]\.get\("k"\) is a symbol/),
        });
        expect(await errorOf(pool.run('add', [new WeakMap()]))).toMatchObject({
          message: expect.stringMatching(/arguments( of "add")?\[0\] is a WeakMap/),
        });
        expect(await errorOf(pool.run('add', [Promise.resolve(1)]))).toMatchObject({
          message: expect.stringContaining('promise'),
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('that can not be sent back are refused, with their path', async () => {
        const pool = await makePool();
        expect(await errorOf(pool.run('returnsFunction'))).toMatchObject({
          code: 'HEDDLE_RESULT_UNCLONEABLE',
          message: expect.stringContaining('result.deep.items[1] is a function'),
          task: { name: 'returnsFunction' },
        });
        expect(await errorOf(pool.run('returnsSymbol'))).toMatchObject({
          message: expect.stringContaining('result is a symbol'),
        });
        expect(await errorOf(pool.run('returnsClassWithMap'))).toMatchObject({
          message: expect.stringContaining('result.byName.get("a").run is a function (run)'),
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('that can not be sent back are refused in a stream', async () => {
        const pool = await makePool();
        const items = collect(pool.stream('yieldsFunction'));
        expect(await errorOf(items)).toMatchObject({
          code: 'HEDDLE_RESULT_UNCLONEABLE',
          message: expect.stringContaining('result.callback'),
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('that can not be workerData are refused by createPool', async () => {
        expect(await errorOf(makePool({ workerData: { open() {} } }))).toMatchObject({
          code: 'HEDDLE_ARGUMENT_UNCLONEABLE',
          message: expect.stringContaining('workerData.open is a function'),
        });
      });

      promises('shares arrays in both directions', async () => {
        const pool = await makePool();
        const shared = sharedArray(Int32Array, 4);
        const [one] = await Promise.all([pool.run('addShared', [shared, 1, 5]), pool.run('addShared', [shared, 1, 7])]);
        expect(shared[1]).toBe(12);
        Atomics.add(one as Int32Array, 2, 3);
        expect(shared[2]).toBe(3);
        expect((await collect(pool.map('identity', [{ nested: [shared] }])))[0]!.value).toEqual({ nested: [shared] });
      });
    });

    describe('errors', () => {
      promises('of the user arrive as they were', async () => {
        const pool = await makePool();
        const error = await errorOf(pool.run('throwsQuota'));
        expect(error).toBeInstanceOf(Error);
        expect(error).toMatchObject({
          name: 'QuotaError',
          message: 'over the quota',
          code: 'E_QUOTA',
          limit: { bytes: 10 },
          cause: { name: 'TypeError', message: 'inner', code: 'E_INNER', cause: 'root' },
        });
        expect(error.cause).toBeInstanceOf(TypeError);
        expect(error.stack).toContain('tasks.mjs');
        expect(error.task).toMatchObject({ name: 'throwsQuota', attempt: 1, workerId: 1, stderrTail: [] });
        // The worker lives on.
        expect(error.task).toMatchObject({ exitCode: undefined, signal: undefined });
        expect(
          (error.task as { pid: unknown; threadId: unknown })[backend === 'threads' ? 'threadId' : 'pid'],
        ).toBeGreaterThan(0);
        expect((error.task as { elapsedMs: number }).elapsedMs).toBeGreaterThanOrEqual(0);
        expect(Object.keys(error)).not.toContain('task');
        expect(await errorOf(pool.run('throwsLate'))).toBeInstanceOf(SyntaxError);
      });

      promises('of every kind arrive, also when they are none', async () => {
        const pool = await makePool();
        const both = await errorOf(pool.run('throwsAggregate'));
        expect(both).toBeInstanceOf(AggregateError);
        expect(both.errors).toEqual([new RangeError('one'), 'two']);
        expect(await errorOf(pool.run('throwsValue', ['text']))).toBe('text');
        expect(await errorOf(pool.run('throwsValue', [undefined]))).toBeUndefined();
        expect(await errorOf(pool.run('throwsValue', [{ a: [1] }]))).toEqual({ a: [1] });
        const withFunction = await errorOf(pool.run('throwsWithFunction'));
        expect(withFunction).toMatchObject({ message: 'has a function', code: 7 });
        expect(withFunction.onRetry).toContain('onRetry');
      });
    });

    describe('map', () => {
      promises('yields in order, or as results come', async () => {
        const pool = await makePool();
        const items = [6, 0, 3, 0, 1].map((turns, value) => ({ turns, value }));
        const ordered = await collect(pool.map('valueAfterTurns', items, { ...subject.apart }));
        expect(ordered).toEqual([0, 1, 2, 3, 4].map((n) => ({ index: n, value: n })));
        const unordered = await collect(pool.map('valueAfterTurns', items, { ordered: false, ...subject.apart }));
        expect(unordered.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4]);
        expect(unordered.every(({ index, value }) => index === value)).toBe(true);
      });

      promises('takes any source', async () => {
        const pool = await makePool();
        const values = async (source: Iterable<unknown> | AsyncIterable<unknown>) =>
          (await collect(pool.map('square', source))).map(({ value }) => value as number);
        expect(await values([])).toEqual([]);
        expect(await values(new Set([2, 3]))).toEqual([4, 9]);
        expect(await values([Promise.resolve(2), 3])).toEqual([4, 9]);
        async function* source() {
          yield 2;
          await Promise.resolve();
          yield 3;
        }
        expect(await values(source())).toEqual([4, 9]);
      });

      /** Most items that the source was ahead of its consumer, who leaves after `taken`. */
      async function aheadMost(name: string, item: number, taken: number): Promise<number> {
        const pool = await makePool();
        let pulled = 0;
        function* source() {
          for (; ; pulled++) yield item;
        }
        let consumed = 0;
        let misplaced = 0;
        let aheadMax = 0;
        for await (const { index } of pool.map(name, source())) {
          if (index !== consumed++) misplaced++;
          aheadMax = Math.max(aheadMax, pulled - consumed);
          if (consumed === taken) break;
        }
        expect(misplaced).toBe(0);
        return aheadMax;
      }

      promises('pulls only as fast as results are consumed', async () => {
        expect(await aheadMost('square', 2, 4_000)).toBeLessThanOrEqual(subject.aheadMost);
      });

      promises('pulls at most twice the workers ahead where an item takes a millisecond or more', async () => {
        expect(await aheadMost('spinsFor', 2, 50)).toBeLessThanOrEqual(4);
      });

      promises('ends with the first failing item, in its place', async () => {
        const pool = await makePool();
        const seen: number[] = [];
        const iteration = (async () => {
          for await (const { index } of pool.map('throwsValue', [1, 2, 3])) seen.push(index);
        })();
        expect(await errorOf(iteration)).toBe(1);
        expect(seen).toEqual([]);
        await counted(pool, ({ tasks }) => expect(tasks.running).toBe(0));
      });

      promises('collects failures when told to', async () => {
        const pool = await makePool();
        const all = await collect(pool.map('throwsValue', ['a', 'b'], { onError: 'collect' }));
        expect(all).toEqual([
          { index: 0, error: 'a' },
          { index: 1, error: 'b' },
        ]);
      });

      promises('cancels what runs when left early, and closes its source', async () => {
        const pool = await makePool();
        let isClosed = false;
        function* source() {
          try {
            yield 0;
            for (;;) yield 1_000_000_000;
          } finally {
            isClosed = true;
          }
        }
        const options = { ordered: false, ...subject.apart };
        for await (const { index } of pool.map('indexAfterTurns', source(), options)) {
          expect(index).toBe(0);
          break;
        }
        expect(isClosed).toBe(true);
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject({ running: 0, queued: 0 }));
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('ends with the error of its source, after what came before', async () => {
        const pool = await makePool();
        function* source() {
          yield 2;
          yield 3;
          throw new Error('source broke');
        }
        const seen: unknown[] = [];
        const iteration = (async () => {
          for await (const { value } of pool.map('square', source())) seen.push(value);
        })();
        expect(await errorOf(iteration)).toMatchObject({ message: 'source broke' });
        expect(seen).toEqual([4, 9]);
      });

      promises('ends with the reason of its signal', async () => {
        const pool = await makePool();
        const controller = new AbortController();
        const reason = new Error('enough');
        const { options, started } = subject.watchStart(pool);
        const iteration = errorOf(
          collect(pool.map('heedsAbort', [1, 2, 3], { signal: controller.signal, ...options })),
        );
        await started;
        controller.abort(reason);
        expect(await iteration).toBe(reason);
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject({ running: 0, queued: 0 }));
      });

      /** Short items that travel together, one of which is another kind. */
      const numbers = Array.from({ length: 3_000 }, (_, n) => n);
      type Item = { index: number; value: unknown } | { index: number; error: unknown };
      const failures = (all: readonly Item[]) => {
        expect(all.map(({ index }) => index)).toEqual(numbers);
        expect(all.filter((item) => 'value' in item && item.value !== item.index)).toEqual([]);
        return all.filter((item) => 'error' in item);
      };

      promises('gives every item its own outcome', async () => {
        const pool = await makePool();
        const failed = failures(await collect(pool.map('throwsAtSevens', numbers, { onError: 'collect' })));
        const expected = numbers.filter((n) => n % 7 === 0).map((n) => ({ index: n, error: `thrown ${n}` }));
        expect(failed).toEqual(expected);
        const counts = { submitted: 3_000, failed: expected.length, running: 0, queued: 0 };
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject(counts));
      });

      promises('loses the one item that its worker died of', async () => {
        const pool = await makePool();
        const failed = failures(await collect(pool.map('exitsAt1777', numbers, { onError: 'collect' })));
        expect(failed).toEqual([
          { index: 1_777, error: expect.objectContaining({ code: 'HEDDLE_WORKER_DIED', exitCode: 7, hasBegun: true }) },
        ]);
        expect(failed[0]).toMatchObject({ error: { task: { name: 'exitsAt1777', index: 1_777 } } });
      });

      promises('stops the one item that takes too long', async () => {
        const pool = await makePool();
        const options = { onError: 'collect', timeoutMs: 1_000 } as const;
        const failed = failures(await collect(pool.map('loopsAt1777', numbers, options)));
        expect(failed).toEqual([{ index: 1_777, error: expect.objectContaining({ code: 'HEDDLE_TASK_TIMEOUT' }) }]);
      });

      promises('takes items that wait, and items that call the pool', async () => {
        const pool = await makePool();
        expect(failures(await collect(pool.map('waitsAtTens', numbers)))).toEqual([]);
        expect(failures(await collect(pool.map('callsAtHundreds', numbers)))).toEqual([]);
      });

      promises('stops within what travels together when left early', async () => {
        const pool = await makePool();
        for await (const { index, value } of pool.map('identity', numbers)) {
          expect(value).toBe(index);
          if (index === 1_000) break;
        }
        await counted(pool, ({ tasks }) => {
          expect(tasks).toMatchObject({ running: 0, queued: 0, failed: 0 });
          expect(tasks.submitted).toBe(tasks.succeeded + tasks.cancelled);
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('is not refused by the limit of the queue', async () => {
        const pool = await makePool({ workers: 1, queueLimit: 0 });
        expect(await collect(pool.map('square', [1, 2, 3, 4]))).toHaveLength(4);
      });
    });

    describe('streams', () => {
      promises('yield what a generator yields', async () => {
        const pool = await makePool();
        const numbers = Array.from({ length: 100 }, (_, i) => i + 1);
        expect(await collect(pool.stream('counts', [100]))).toEqual(numbers);
        expect(await collect(pool.stream('countsSync', [3]))).toEqual([1, 2, 3]);
        expect(await collect(pool.stream('counts', [0]))).toEqual([]);
      });

      promises('hold the generator back', async () => {
        const pool = await makePool({ workers: 1, ...patient });
        const stream = pool.stream('countsProduced');
        for (let n = 1; n <= 20; n++) expect((await stream.next()).value).toBe(n);
        await stream.return();
        expect(await pool.run('producedNow')).toBeLessThanOrEqual(20 + 9);
      });

      promises('end the generator when left early', async () => {
        const pool = await makePool({ workers: 1, ...patient });
        for await (const n of pool.stream('countsFinally')) if (n === 3) break;
        expect(await pool.run('finallyRunsNow')).toBe(1);
        expect(pool.stats().workers).toMatchObject({ started: 1, killed: 0 });
      });

      promises('give all items before the error', async () => {
        const pool = await makePool();
        const seen: unknown[] = [];
        const iteration = (async () => {
          for await (const n of pool.stream('failsAfter', [20])) seen.push(n);
        })();
        expect(await errorOf(iteration)).toMatchObject({ name: 'RangeError', task: { name: 'failsAfter' } });
        expect(seen).toHaveLength(20);
      });

      promises('end when an item takes too long', async () => {
        const pool = await makePool();
        expect(await errorOf(collect(pool.stream('stallsAfter', [2], { timeoutMs: 50 })))).toMatchObject({
          code: 'HEDDLE_TASK_TIMEOUT',
          message: expect.stringContaining('no further item'),
        });
      });

      promises('and plain calls are not mixed up', async () => {
        const pool = await makePool();
        expect(await errorOf(pool.run('counts', [3]))).toMatchObject({ code: 'HEDDLE_TASK_GENERATOR' });
        expect(await errorOf(pool.run('countsSync', [3]))).toMatchObject({ code: 'HEDDLE_TASK_GENERATOR' });
      });

      promises('are of generators alone', async () => {
        const pool = await makePool();
        expect(await errorOf(collect(pool.stream('identity', [[1, 2]])))).toMatchObject({
          code: 'HEDDLE_TASK_NOT_GENERATOR',
        });
      });
    });

    describe('stopping', () => {
      promises('aborts the signal of the task first, and keeps a worker that heeds it', async () => {
        const pool = await makePool({ workers: 1, ...patient });
        const controller = new AbortController();
        const who = await pool.run('whoAmI');
        const { started, outcome } = begin(pool, 'heedsAbort', { signal: controller.signal });
        await started;
        const before = subject.isCounted && workersOf(pool);
        const reason = { why: 'any value' };
        controller.abort(reason);
        expect(await errorOf(outcome)).toBe(reason);
        await counted(pool, ({ tasks }) => {
          expect(workersOf(pool)).toEqual(before);
          expect(tasks.cancelled).toBe(1);
        });
        expect(await pool.run('whoAmI')).toBe(who);
      });

      promises('rejects with the reason even if the task finishes', async () => {
        const pool = await makePool();
        const controller = new AbortController();
        const { started, outcome } = begin(pool, 'finishesDespiteAbort', { signal: controller.signal });
        await started;
        controller.abort();
        expect(await errorOf(outcome)).toMatchObject({ name: 'AbortError' });
      });

      promises('takes any reason', async () => {
        const pool = await makePool({ workers: 1, ...patient });
        for (const reason of [() => 1, Symbol('s'), new Blob(['x']), new SharedArrayBuffer(8), new Proxy({}, {})]) {
          const controller = new AbortController();
          const { started, outcome } = begin(pool, 'heedsAbort', { signal: controller.signal });
          await started;
          controller.abort(reason);
          expect(await errorOf(outcome)).toBe(reason);
        }
        await counted(pool, ({ workers }) => expect(workers).toMatchObject({ started: isMixed ? 2 : 1, killed: 0 }));
      });

      promises('never starts what is aborted before', async () => {
        const pool = await makePool({ workers: 1 });
        const buffer = new ArrayBuffer(8);
        const signal = AbortSignal.abort('no');
        expect(await errorOf(pool.run('keep', [buffer], { signal, ...moving(buffer) }))).toBe('no');
        expect(buffer.byteLength).toBe(8);
        const release = await occupy(pool);
        const waiting = new AbortController();
        const queued = pool.run('keep', ['was run'], { signal: waiting.signal });
        waiting.abort('not now');
        expect(await errorOf(queued)).toBe('not now');
        release();
        expect(await pool.run('keptNow')).not.toBe('was run');
      });

      promises('never hits the next task', async () => {
        const pool = await makePool({ workers: 1 });
        const controller = new AbortController();
        const first = pool.run('add', [1, 2], { signal: controller.signal, timeoutMs: 1000 });
        expect(await first).toBe(3);
        const next = begin(pool, 'finishesDespiteAbort');
        await next.started;
        controller.abort();
        const results = await Promise.all([1, 2, 3].map((n) => Promise.race([next.outcome, Promise.resolve(n)])));
        expect(results).toEqual([1, 2, 3]);
      });

      promises('ends a task that never settles at its time-out', async () => {
        const pool = await makePool({ workers: 1, cancelGraceMs: 10 });
        const error = await errorOf(pool.run('neverSettles', [], { timeoutMs: 30 }));
        expect(error).toMatchObject({
          code: 'HEDDLE_TASK_TIMEOUT',
          name: 'TaskTimeoutError',
          retryable: true,
          message: expect.stringContaining('30 ms'),
          task: { name: 'neverSettles' },
        });
        await counted(pool, ({ tasks }) => expect(tasks.timedOut).toBe(1));
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('ends a busy loop at its time-out', async () => {
        const pool = await makePool({ workers: 1, cancelGraceMs: 10 });
        expect(await errorOf(pool.run('busyLoop', [], { timeoutMs: 50 }))).toMatchObject({
          code: 'HEDDLE_TASK_TIMEOUT',
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
        await counted(pool, ({ workers }) => expect(workers.killed).toBe(1));
      });

      promises('tells where a busy loop stood when it was ended', async () => {
        const pool = await makePool({ workers: 1 });
        const error = await errorOf(timesOutOnceBegun(pool, 'busyLoop'));
        expect(error).toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT', verdict: 'busy' });
        // On a machine under heavy load it may not stop for its inspector before its end can wait no longer.
        const isSeen = error.workerStack !== undefined;
        expect(error.message).toMatch(
          isSeen
            ? /; it was busy at busyLoop \(file:.*tasks\.mjs:\d+:\d+\)$/
            : /; it was busy, no JavaScript stack: it did not stop/,
        );
        if (isSeen) expect(error.workerStack).toMatch(/^ {4}at busyLoop \(file:\/\/.*tasks\.mjs:\d+:\d+\)\n/);
        expect(error.stack).toContain(error.message);
      });

      promises('tells where a blocking wait stood when it was ended', async () => {
        const pool = await makePool({ workers: 1 });
        expect(await errorOf(timesOutOnceBegun(pool, 'busyWait'))).toMatchObject({
          code: 'HEDDLE_TASK_TIMEOUT',
          verdict: 'blocked',
          // On a machine under heavy load it may not stop for its inspector before its end can wait no longer.
          message: expect.stringMatching(/it was blocked( at busyWait \(file:|, no JavaScript stack: it did not stop)/),
        });
      });

      promises('tells that a task only waited when it was ended', async () => {
        const pool = await makePool({ workers: 1, taskTimeoutMs: 50 });
        expect(await errorOf(pool.run('neverSettles'))).toMatchObject({
          code: 'HEDDLE_TASK_TIMEOUT',
          verdict: 'parked',
          message: expect.stringContaining('it was waiting: its event loop is free'),
        });
      });

      promises('ends a busy loop on abort', async () => {
        const pool = await makePool({ workers: 1, cancelGraceMs: 0 });
        const controller = new AbortController();
        const { started, outcome } = begin(pool, 'busyLoop', { signal: controller.signal });
        await started;
        const waiting = pool.run('add', [1, 2]);
        controller.abort('stop it');
        expect(await errorOf(outcome)).toBe('stop it');
        expect(await waiting).toBe(3);
      });

      promises('ends a blocking wait on abort', async () => {
        const pool = await makePool({ workers: 1, cancelGraceMs: 0 });
        const controller = new AbortController();
        const { started, outcome } = begin(pool, 'busyWait', { signal: controller.signal });
        await started;
        controller.abort('stop it');
        expect(await errorOf(outcome)).toBe('stop it');
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('takes many tasks on one signal without a warning', async () => {
        const warned = vi.fn<(warning: Error) => void>();
        process.on('warning', warned);
        const pool = await makePool();
        const { signal } = new AbortController();
        await Promise.all(Array.from({ length: 50 }, (_, n) => pool.run('add', [n, 1], { signal })));
        await new Promise((resolve) => setImmediate(resolve));
        process.off('warning', warned);
        expect(warned).not.toHaveBeenCalled();
      });
    });

    describe('the queue', () => {
      promises('refuses what is over its limit', async () => {
        const pool = await makePool({ workers: 1, queueLimit: 2 });
        const release = await occupy(pool);
        const waiting = [pool.run('add', [1, 1]), pool.run('add', [2, 2])];
        expect(await errorOf(pool.run('add', [3, 3]))).toMatchObject({
          code: 'HEDDLE_QUEUE_FULL',
          retryable: true,
          message: expect.stringContaining('2 waiting tasks'),
        });
        release();
        expect(await Promise.all(waiting)).toEqual([2, 4]);
      });

      promises('goes by priority, then by arrival', async () => {
        const pool = await makePool({ workers: 1 });
        const release = await occupy(pool);
        const order: string[] = [];
        const submit = (label: string, priority: number) =>
          pool.run('identity', [label], { priority }).then((value) => order.push(value as string));
        const all = [submit('c', 0), submit('d', 0), submit('a', 5), submit('e', -1.5), submit('b', 5)];
        release();
        await Promise.all(all);
        expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
      });
    });

    describe('retries', () => {
      promises('run a task again that threw, when told to, with its arguments untouched', async () => {
        const pool = await makePool({ retryDelayMs: 1 });
        const list = [1, 2];
        expect(await pool.run('throwsUntil', [3, list], { retries: 2, retryOn: 'error' })).toEqual([1, 2]);
        expect(list).toEqual([1, 2]);
        expect(await errorOf(pool.run('throwsUntil', [3, list], { retries: 1, retryOn: 'error' }))).toMatchObject({
          message: 'attempt 2',
          task: { attempt: 2 },
        });
        expect(await errorOf(pool.run('throwsUntil', [3, list]))).toMatchObject({ message: 'attempt 1' });
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject({ retried: 3, succeeded: 1, failed: 2 }));
      });

      promises('run a task again with what was moved to it, when a function says so', async () => {
        const pool = await makePool({ retryDelayMs: 1 });
        const array = new Float64Array([3, 4]);
        const options = { transfer: [array.buffer], retries: 2, retryOn: () => true };
        const moved = pool.run('throwsUntil', [3, array], options);
        expect(array.byteLength).toBe(0);
        expect(await moved).toEqual([3, 4]);
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject({ retried: 2, succeeded: 1 }));
      });

      promises('run each item of a map again by itself', async () => {
        const pool = await makePool({ retries: 1, retryOn: 'error', retryDelayMs: 0 });
        const all = await collect(pool.map('throwsOnce', ['a', 'b', 'c']));
        expect(all.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject({ retried: 3, failed: 0 }));
      });

      promises('refuse to move what can not be sent twice', async () => {
        const pool = await makePool();
        const { port1, port2 } = new MessageChannel();
        expect(await errorOf(pool.run('identity', [port1], { transfer: [port1 as never], retries: 1 }))).toMatchObject({
          code: 'HEDDLE_TRANSFER',
          message: expect.stringContaining('transfer[0]'),
        });
        port2.close();
      });

      promises('are no use after a result that can not be sent', async () => {
        const pool = await makePool({ retries: 3, retryOn: 'error', retryDelayMs: 0 });
        expect(await errorOf(pool.run('returnsFunction'))).toMatchObject({
          code: 'HEDDLE_RESULT_UNCLONEABLE',
          task: { attempt: 1 },
        });
      });

      promises('runs a task again whose worker died, when told to', async () => {
        const pool = await makePool({ workers: 1, retryDelayMs: 0 });
        const array = new Float64Array([3, 4]);
        const task = pool.run('exitsUntil', [3, array], { retries: 2, ...moving(array.buffer) });
        const innocent = pool.run('add', [1, 2]);
        expect(await task).toEqual([3, 4]);
        expect(await innocent).toBe(3);
        await counted(pool, ({ tasks, workers }) => {
          expect(tasks).toMatchObject({ retried: 2, failed: 0 });
          expect(workers.died).toBe(2);
        });
      });

      promises('quarantines a task that used up its retries by ending workers', async () => {
        const pool = await makePool({ workers: 1, retryDelayMs: 0 });
        const task = pool.run('exits', [7], { retries: 2 });
        const innocent = pool.run('add', [1, 2]);
        const error = await errorOf(task);
        expect(error).toMatchObject({
          code: 'HEDDLE_TASK_QUARANTINED',
          causes: [1, 2, 3].map((attempt) => ({ code: 'HEDDLE_WORKER_DIED', exitCode: 7, attempt })),
          task: { name: 'exits', attempt: 3, exitCode: 7, signal: null },
        });
        expect(await innocent).toBe(3);
        await counted(pool, ({ workers }) => expect(workers.started).toBeLessThanOrEqual(4));
      });
    });

    describe('calls of tasks by tasks', () => {
      promises('never deadlock: 10 deep on one worker, and go deeper, not without end', async () => {
        const pool = await makePool({ workers: 1 });
        const workers = (await pool.run('nests', [10])) as number[];
        expect(workers).toHaveLength(11);
        // Every level but the lowest waits, and holds a worker for it.
        expect(new Set(workers).size).toBe(isInline ? 1 : 11);
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject({ succeeded: 11, running: 0, queued: 0 }));
        expect(await errorOf(pool.run('nests', [17]))).toMatchObject({
          code: 'HEDDLE_NESTED_LIMIT',
          message: expect.stringContaining('17 levels deep, and the limit is 16'),
        });
      });

      promises('never deadlock: a tree of them, with a full queue of others', async () => {
        const pool = await makePool({ workers: 2, queueLimit: 100 });
        const trees = [6, 7, 5].map((n) => pool.run('fibonacciOfTasks', [n]));
        const others = Array.from({ length: 20 }, (_, n) => pool.run('square', [n]));
        expect(await Promise.all(trees)).toEqual([8, 13, 5]);
        expect(await Promise.all(others)).toHaveLength(20);
        // Two run at a time, and each of them is at most seven calls deep.
        await counted(pool, ({ workers }) => expect(workers.started).toBeLessThanOrEqual(isInline ? 1 : 2 * 8));
      });

      promises('never deadlock: nothing may wait but them', async () => {
        const pool = await makePool({ workers: 1, queueLimit: 0 });
        expect(await pool.run('callsMany', [100])).toBe(328_350);
      });

      promises('give values and errors by value, with what is known of the task', async () => {
        const pool = await makePool();
        const list = [1, { two: new Float64Array([3]) }];
        expect(await pool.run('calls', ['identity', [list]])).toEqual({ value: list });
        expect(await pool.run('calls', ['throwsQuota'])).toMatchObject({
          error: { name: 'QuotaError' },
          task: { name: 'throwsQuota', attempt: 1 },
        });
        const failing = await errorOf(pool.run('callsUntilAborted', ['throwsQuota']));
        expect(failing).toMatchObject({
          name: 'QuotaError',
          code: 'E_QUOTA',
          limit: { bytes: 10 },
          task: { name: 'callsUntilAborted' },
        });
      });

      promises('are checked as calls of the program are', async () => {
        const pool = await makePool();
        const outcome = async (...args: unknown[]) =>
          ((await pool.run('calls', args)) as { error: Error }).error.message;
        expect(await outcome('squar', [1])).toContain('did you mean "square"?');
        expect(await outcome('square', 5)).toContain('the arguments of currentTask().run("square") must be an array');
        expect(await outcome('square', [], { timeoutMs: -1 })).toContain('"timeoutMs" of currentTask().run');
        expect(await outcome('square', [], { transfer: [] })).toContain('no option "transfer"');
        expect(await outcome('counts', [1])).toContain('is a generator');
        expect(await errorOf(pool.run('callsUntilAborted', ['neverSettles'], { timeoutMs: 20 }))).toMatchObject({
          code: 'HEDDLE_TASK_TIMEOUT',
        });
      });

      promises('are retried by their own options', async () => {
        const pool = await makePool({ workers: 1, retryDelayMs: 0 });
        const retries = { retries: 2, retryOn: 'error' };
        expect(await pool.run('calls', ['throwsUntil', [3, [1, 2]], retries])).toEqual({ value: [1, 2] });
      });

      promises('of one that dies are told to the caller, which lives on', async () => {
        const pool = await makePool({ workers: 1 });
        expect(await pool.run('calls', ['exits', [7]])).toMatchObject({
          error: { name: 'WorkerDiedError' },
          task: { name: 'exits', exitCode: 7 },
        });
        const retries = { retries: 1, retryDelayMs: 0 };
        expect(await pool.run('calls', ['exitsUntil', [2, [5]], retries])).toEqual({ value: [5] });
      });

      promises('end with the task that made them', async () => {
        const pool = await makePool({ workers: 1, cancelGraceMs: 10 });
        const controller = new AbortController();
        const aborted = begin(pool, 'callsUntilAborted', { signal: controller.signal });
        await aborted.started;
        const deep = pool.run('calls', ['calls', ['neverSettles']], { timeoutMs: 200 });
        controller.abort('stop it');
        expect(await errorOf(aborted.outcome)).toBe('stop it');
        expect(await errorOf(deep)).toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT' });
        expect(await pool.run('forgetsItsCall')).toBe('done');
        await counted(pool, async () => {
          await pool.drain();
          expect(pool.stats()).toMatchObject({ tasks: { running: 0, queued: 0 }, workers: { died: 0 } });
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('may be given up by the task', async () => {
        const pool = await makePool({ workers: 1, cancelGraceMs: 0 });
        expect(await pool.run('abortsItsCall', ['changed my mind'])).toBe('changed my mind');
        await counted(pool, () => pool.drain());
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('are still served while the pool closes', async () => {
        const pool = await makePool({ workers: 1 });
        const task = pool.run('nests', [3]);
        await pool.close();
        expect(await task).toHaveLength(4);
      });
    });

    describe('workers', () => {
      promises('start when work needs them, up to the maximum', async () => {
        const pool = await makePool({ workers: 2 });
        await counted(pool, ({ workers }) => expect(workers.started).toBe(1));
        const ids = await Promise.all([1, 2, 3, 4, 5, 6].map(() => pool.run('whoAmI')));
        await counted(pool, ({ workers }) => expect(workers.started).toBeLessThanOrEqual(2));
        expect(new Set(ids).size).toBeLessThanOrEqual(2);
      });

      promises('end when idle, and come back', async () => {
        const pool = await makePool({ idleTimeoutMs: 1 });
        expect(await pool.run('add', [1, 2])).toBe(3);
        await vi.waitUntil(() => pool.stats().workers.live.length === 0, { timeout: 30_000, interval: 5 });
        expect(await pool.run('add', [3, 4])).toBe(7);
      });

      promises('rejects the task of a worker that exits, and no other', async () => {
        const pool = await makePool({ workers: 2 });
        const guilty = errorOf(pool.run('exits', [7]));
        const innocent = Array.from({ length: 20 }, (_, n) => pool.run('indexAfterTurns', [n]));
        const error = await guilty;
        expect(error).toMatchObject({
          code: 'HEDDLE_WORKER_DIED',
          name: 'WorkerDiedError',
          exitCode: 7,
          signal: null,
          attempt: 1,
          retryable: true,
          task: { name: 'exits' },
        });
        expect(error[backend === 'threads' ? 'threadId' : 'pid']).toBeGreaterThan(0);
        await Promise.all(innocent);
        expect(await pool.run('add', [1, 2])).toBe(3);
        await counted(pool, ({ workers }) => expect(workers.died).toBe(1));
        expect(await errorOf(pool.run('exits', [0]))).toMatchObject({ code: 'HEDDLE_WORKER_DIED', exitCode: 0 });
      });

      promises('give a task to another when one ends before it began', async () => {
        const pool = await makePool({ workers: 1 });
        for (let round = 0; round < 3; round++) {
          expect(await pool.run('leavesATrap')).toBe('left');
          expect(await pool.run('identity', [{ list: [round, { deep: 'as it was' }] }])).toEqual({
            list: [round, { deep: 'as it was' }],
          });
        }
        await counted(pool, ({ tasks }) => expect(tasks).toMatchObject({ failed: 0, succeeded: 6 }));
      });

      promises('rejects the task of a worker that dies of an uncaught error', async () => {
        const pool = await makePool({ workers: 1 });
        const late = await errorOf(pool.run('throwsInTimer'));
        expect(late).toMatchObject({
          code: 'HEDDLE_WORKER_DIED',
          exitCode: 1,
          cause: { name: 'RangeError', message: 'from a timer', code: 'E_TIMER' },
        });
        const unhandled = await errorOf(pool.run('rejectsUnhandled'));
        expect(unhandled).toMatchObject({
          code: 'HEDDLE_WORKER_DIED',
          cause: { name: 'TypeError', message: 'nobody listens' },
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('gives the last lines of a dead worker', async () => {
        const pool = await makePool();
        const error = await errorOf(pool.run('writesThenExits', [1]));
        expect(error).toMatchObject({ code: 'HEDDLE_WORKER_DIED', stderrTail: ['the disk is full'] });
        expect(error.message).toContain('the disk is full');
      });

      promises('survives a worker that runs out of memory', async () => {
        const pool = await makePool({ workers: 1, limits: { heapMiB: 32 } });
        expect(await errorOf(pool.run('eatsHeap'))).toMatchObject({
          code: 'HEDDLE_LIMIT_MEMORY',
          name: 'WorkerDiedError',
          message: expect.stringContaining('limits.heapMiB = 32'),
        });
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('survives a worker that is killed by a signal', async () => {
        const pool = await makePool({ workers: 1 });
        for (const signal of ['SIGSEGV', 'SIGKILL']) {
          const waiting = pool.run('killsItself', [signal]);
          const next = pool.run('add', [1, 2]);
          expect(await errorOf(waiting)).toMatchObject({ code: 'HEDDLE_WORKER_DIED', exitCode: null, signal });
          expect(await next).toBe(3);
        }
        process.kill(await livingPid(pool), 'SIGKILL');
        // Sent or not, the task had not begun in a worker that was dead already: it is run by another.
        expect(await pool.run('identity', [{ n: 1 }])).toEqual({ n: 1 });
      });

      promises('survives a worker that aborts', async () => {
        const pool = await makePool({ workers: 1 });
        expect(await errorOf(pool.run('aborts'))).toMatchObject(
          backend === 'processes'
            ? { code: 'HEDDLE_WORKER_DIED', signal: 'SIGABRT' }
            : // Node itself refuses it in a thread.
              { code: 'ERR_WORKER_UNSUPPORTED_OPERATION' },
        );
        expect(await pool.run('add', [1, 2])).toBe(3);
      });

      promises('gives workers their environment', async () => {
        const pool = await makePool({ env: { HEDDLE_TEST_VALUE: 'given', PATH: process.env.PATH } });
        expect(await pool.run('environment', ['HEDDLE_TEST_VALUE'])).toBe('given');
        expect(await pool.run('environment', ['HOME'])).toBeUndefined();
        const strict = await makePool({ execArgv: ['--trace-warnings'] });
        expect(await strict.run('nodeOptions')).toContain('--trace-warnings');
      });

      promises('print to stderr of the host, named, line by line', async () => {
        const lines: string[] = [];
        const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
          lines.push(String(text));
          return true;
        });
        const out = vi.spyOn(process.stdout, 'write');
        try {
          const pool = await makePool({ name: 'printers', workers: 1 }, 'prints.mjs');
          await pool.run('prints');
          await pool.run('printsLater', ['after an await']);
          await pool.close();
        } finally {
          write.mockRestore();
          out.mockRestore();
        }
        const printed = lines.filter((line) => line.startsWith('[printers '));
        expect(printed).toEqual([
          '[printers worker-1 prints] one\n',
          '[printers worker-1 prints] two\n',
          '[printers worker-1 prints] from stderr\n',
          '[printers worker-1 prints] no line end but byteslogged\n',
          '[printers worker-1 printsLater] after an await\n',
        ]);
        expect(out).not.toHaveBeenCalled();
      });
    });

    describe('the task module', () => {
      promises('that fails to load is told with its own error and place', async () => {
        expect(await errorOf(makePool({}, 'broken/throws-on-load.mjs'))).toMatchObject({
          code: codeOf('HEDDLE_MODULE_LOAD'),
          message: expect.stringMatching(/RangeError: no licence.*throws-on-load\.mjs:3/),
        });
        expect(await errorOf(makePool({}, 'broken/missing-import.mjs'))).toMatchObject({
          code: codeOf('HEDDLE_MODULE_LOAD'),
          message: expect.stringContaining('nowhere.mjs'),
        });
        const file = path.join(temporaryFolder(), 'syntax.mjs');
        fs.writeFileSync(file, 'export const a = 1;\nexport const b = ;\n');
        expect(await errorOf(openPool(file, {}))).toMatchObject({ code: codeOf('HEDDLE_MODULE_LOAD') });
      });

      promises('that fails to load is told with what it threw as cause', async () => {
        expect(await errorOf(makePool({}, 'broken/throws-on-load.mjs'))).toMatchObject({
          cause: { code: 'E_LICENCE', name: 'RangeError' },
        });
      });

      promises('that never finishes loading is told', async () => {
        expect(await errorOf(makePool({ loadTimeoutMs: 50 }, 'broken/never-loads.mjs'))).toMatchObject({
          code: 'HEDDLE_START_TIMEOUT',
          message: expect.stringContaining('load the task module within 50 ms (loadTimeoutMs)'),
        });
      });

      promises('bounds the load of a module', async () => {
        expect(await errorOf(makePool({ loadTimeoutMs: 50 }, 'broken/busy-load.mjs'))).toMatchObject({
          code: 'HEDDLE_START_TIMEOUT',
        });
      });

      promises('that ends its worker as it loads is told', async () => {
        expect(await errorOf(makePool({}, 'broken/exits-on-load.mjs'))).toMatchObject({
          code: subject.codes?.['HEDDLE_MODULE_LOAD'] ?? 'HEDDLE_WORKER_DIED',
        });
      });

      promises('that is not there is told at once', async () => {
        expect(await errorOf(makePool({}, 'taks.mjs'))).toMatchObject({
          code: codeOf('HEDDLE_MODULE_NOT_FOUND'),
          message: expect.stringMatching(/did you mean "tasks\.mjs"\?|taks\.mjs .*there is no such file/),
        });
        for (const module of ['https://example.org/x.js', './relative.js'])
          expect(await errorOf(openPool(module, {}))).toMatchObject({ code: codeOf('HEDDLE_MODULE_URL') });
      });

      promises('without functions has no tasks', async () => {
        const pool = await makePool({}, 'broken/no-exports.mjs');
        expect(await errorOf(pool.run('value'))).toMatchObject({ code: 'HEDDLE_TASK_UNKNOWN' });
      });
    });

    describe('the end', () => {
      promises('waits for what was submitted, and leaves nothing', async () => {
        const pool = await makePool();
        const tasks = [5, 4, 3, 2].map((turns) => pool.run('indexAfterTurns', [turns]));
        const pids = subject.isCounted ? pool.stats().workers.live.map(({ pid }) => pid) : [];
        const closing = pool.close();
        await expect(pool.run('add', [1, 2])).rejects.toMatchObject({ code: codeOf('HEDDLE_POOL_CLOSED') });
        await Promise.all([...tasks, closing, pool.close()]);
        await counted(pool, (stats) =>
          expect(stats).toMatchObject({
            state: 'closed',
            tasks: { succeeded: 4, running: 0, queued: 0 },
            workers: { live: [] },
          }),
        );
        if (backend === 'processes') expect(pids.filter((pid) => isAlive(pid!))).toEqual([]);
        expect(() => pool.map('square', [1])).toThrow(expect.objectContaining({ code: codeOf('HEDDLE_POOL_CLOSED') }));
      });

      promises('may cancel instead', async () => {
        const pool = await makePool({ workers: 1 });
        const { started, outcome } = begin(pool, 'heedsAbort');
        await started;
        const waiting = errorOf(pool.run('add', [1, 2]));
        await pool.close({ cancel: true });
        expect(await errorOf(outcome)).toMatchObject({ code: codeOf('HEDDLE_TASK_CANCELLED') });
        expect(await waiting).toMatchObject({ code: codeOf('HEDDLE_TASK_CANCELLED') });
      });

      promises('comes with await using', async () => {
        const pool = await makePool();
        await pool[Symbol.asyncDispose]();
        await counted(pool, ({ state }) => expect(state).toBe('closed'));
        expect(await errorOf(pool.run('add', [1, 2]))).toMatchObject({ code: codeOf('HEDDLE_POOL_CLOSED') });
      });

      promises('lets drain wait for all without an end', async () => {
        const pool = await makePool();
        let settled = 0;
        for (const turns of [3, 1, 2]) void pool.run('indexAfterTurns', [turns]).then(() => settled++);
        await pool.drain();
        await Promise.resolve();
        expect(settled).toBe(3);
        expect(await pool.run('add', [1, 2])).toBe(3);
      });
    });

    it('has exceptions to nothing but its promises', () => {
      expect([...subject.exceptions].filter((promise) => !all.has(promise))).toEqual([]);
    });

    /** Of one of its worker processes. In a sandbox a worker does not know it. */
    async function livingPid(pool: AnyPool): Promise<number> {
      if (subject.isCounted) return pool.stats().workers.live[0]!.pid!;
      const [pid] = String(await pool.run('whoAmI')).split(':');
      return Number(pid);
    }

    function workersOf(pool: AnyPool): unknown {
      return isInline
        ? pool.stats().workers.live.length
        : pool.stats().workers.live.map(({ id, pid, threadId }) => [id, pid, threadId]);
    }
  });
}
