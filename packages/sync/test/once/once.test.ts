import { describe, expect, it } from 'vitest';
import { coded, codeOf, failure, Once, says, start } from '../support.ts';

const startWith = (workerData: object) => start(workerData, {}, 'meeting.mjs');
const HOW: readonly [string, boolean][] = [
  ['blocking', true],
  ['asynchronous', false],
];

describe('threads', () => {
  it.each(HOW)('one of four does it, the others wait for that, %s', async (_how, blocks) => {
    const once = Once.create();
    const plain = new SharedArrayBuffer(4);
    const workers = Array.from({ length: 4 }, () =>
      startWith({ job: 'once: run', handle: once.handle, plain, blocks }),
    );
    const answers = await Promise.all(workers.map(says));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(new Int32Array(plain)[0]).toBe(1);
    expect(once.isDone).toBe(true);
    expect(await once.run(() => Promise.reject(new Error('run twice')))).toBe(false);
    expect(once.runSync(() => 1)).toBe(false);
  });

  it.each(HOW)('the next does it when one dies at it, and is told, %s', async (_how, blocks) => {
    const once = Once.create();
    const worker = startWith({ job: 'once: hang', handle: once.handle, blocks });
    await says(worker);
    expect(await failure(once.run(() => {}, { timeoutMs: 0 }))).toEqual(coded('SYNC_TIMEOUT'));
    const told: boolean[] = [];
    const mine = once.run((isAgain) => void told.push(isAgain));
    const more = once.run((isAgain) => void told.push(isAgain));
    void worker.terminate();
    expect([await mine, await more]).toEqual([true, false]);
    expect(told).toEqual([true]);
    expect(once.isDone).toBe(true);
  });
});

describe('a function', () => {
  it('that throws leaves it to the next', async () => {
    const once = Once.create(new Int32Array(new SharedArrayBuffer(4 * Once.WORDS)));
    const same = Once.from(structuredClone(once.handle));
    const error = new Error('on purpose');
    const first = failure(once.run(() => Promise.reject(error)));
    const second = same.run((isAgain) => expect(isAgain).toBe(false));
    expect(await first).toBe(error);
    expect(await second).toBe(true);
  });

  it('that runs it again is told, not hung', async () => {
    const once = Once.create();
    const nested = once.run(async () => expect(await failure(once.run(() => {}))).toEqual(coded('SYNC_RELOCK')));
    expect(await nested).toBe(true);
  });

  it('of a thread that blocks is told of its mistakes', async () => {
    const worker = startWith({ job: 'once: misuse', handle: Once.create().handle });
    expect(await says(worker)).toEqual(['SYNC_RELOCK', 'SYNC_ARGUMENT', true, true]);
  });

  it('is not waited for after the time-out or the abort', async () => {
    const once = Once.create();
    const abort = new AbortController();
    let end!: () => void;
    const slow = once.run(() => new Promise<void>((resolve) => (end = resolve)));
    const aborted = failure(once.run(() => {}, { signal: abort.signal }));
    expect(await failure(once.run(() => {}, { timeoutMs: 1 }))).toEqual(coded('SYNC_TIMEOUT'));
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    end();
    expect(await slow).toBe(true);
  });
});

it.each([
  [() => Once.create().runSync(() => {}), 'SYNC_WOULD_BLOCK'],
  [() => Once.create().runSync(5 as never), 'SYNC_ARGUMENT'],
  [() => Once.create(new Int32Array(Once.WORDS)), 'SYNC_ARGUMENT'],
  [() => Once.from({} as never), 'SYNC_HANDLE'],
])('%s: %s', (call, code) => {
  expect(codeOf(call)).toBe(code);
});
