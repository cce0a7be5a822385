/** Locks that are taken in two orders are told, though nothing hangs. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLockOrder, lockOrderInversions, Mutex, runProgram, RwLock, says, start } from '../support.ts';

beforeEach(() => checkLockOrder());
afterEach(() => checkLockOrder(false));

/** Names of a test are its own: what was recorded before stays. */
let tests = 0;
function named(): { name: (of: string) => string; found: () => string[][] } {
  const prefix = `${++tests} `;
  return {
    name: (of) => prefix + of,
    found: () =>
      lockOrderInversions()
        .map(({ steps }) => steps.map(({ held, taken }) => `${held} > ${taken}`))
        .filter((steps) => steps[0]!.startsWith(prefix)),
  };
}

describe('an inversion', () => {
  it('of two, with both stacks', async () => {
    const { name, found } = named();
    const [a, b] = [Mutex.create({ name: name('a') }), Mutex.create({ name: name('b') })];
    const warned = once(process, 'warning');
    await a.withLock(() => b.withLock(() => {}));
    expect(found()).toEqual([]);
    await b.withLock(() => a.withLock(() => {}));
    await b.withLock(() => a.withLock(() => {}));
    expect(found()).toEqual([[`${name('b')} > ${name('a')}`, `${name('a')} > ${name('b')}`]]);
    const [warning] = (await warned) as [Error & { code: string }];
    expect(warning).toMatchObject({ name: 'LockOrderWarning', code: 'SYNC_LOCK_ORDER' });
    expect(warning.message.split('lock-order.test.ts').length).toBeGreaterThan(4);
  });

  it('of three, and of other kinds', async () => {
    const { name, found } = named();
    const [a, b, c] = [
      Mutex.create({ name: name('a') }),
      RwLock.create({ name: name('b') }),
      Mutex.create({ name: name('c') }),
    ];
    await a.withLock(() => b.withRead(() => {}));
    await b.withWrite(() => c.withLock(() => {}));
    expect(found()).toEqual([]);
    await c.withLock(() => a.withLock(() => {}));
    expect(found()).toHaveLength(1);
    expect(found()[0]).toHaveLength(3);
  });

  it('between threads', { timeout: 600_000 }, async () => {
    const { name, found } = named();
    const [a, b] = [Mutex.create({ name: name('a') }), Mutex.create({ name: name('b') })];
    await a.withLock(() => b.withLock(() => {}));
    const handles = { a: { kind: 'Mutex', handle: a.handle }, b: { kind: 'Mutex', handle: b.handle } };
    const steps = [
      ['lock', 'b'],
      ['lock', 'a'],
    ];
    const env = { ...process.env, HEDDLE_SYNC_LOCK_ORDER: '1' };
    const worker = start({ steps, handles, words: new SharedArrayBuffer(32) }, { env, stderr: true }, 'deadlock.mjs');
    expect(await says(worker)).toMatchObject({ ended: 'well' });
    expect(found()).toEqual([[`${name('b')} > ${name('a')}`, `${name('a')} > ${name('b')}`]]);
  });
});

describe('no inversion', () => {
  it('in one order, tried, one after the other, or of one name', async () => {
    const { name, found } = named();
    const [a, b, same] = [name('a'), name('b'), name('b')].map((of) => Mutex.create({ name: of }));
    await a!.withLock(() => b!.withLock(() => {}));
    await b!.withLock(() => a!.tryLock()!.release());
    await b!.withLock(() => {});
    await a!.withLock(() => {});
    await b!.withLock(() => same!.withLock(() => {}));
    // Two that run beside each other hold nothing of each other.
    await Promise.all([b!.withLock(() => new Promise(setImmediate)), a!.withLock(() => new Promise(setImmediate))]);
    expect(found()).toEqual([]);
  });

  it('is looked for unless it is said', () => {
    const source = `const [a, b] = [Mutex.create({ name: 'a' }), Mutex.create({ name: 'b' })];
      await a.withLock(() => b.withLock(() => {})); await b.withLock(() => a.withLock(() => {}));
      console.log(lockOrderInversions().length);`;
    expect(runProgram('Mutex, lockOrderInversions', source)).toEqual({ status: 0, stdout: '0\n', stderr: '' });
  });
});
