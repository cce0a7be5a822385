/**
 * Orders of events that are rare in life, found by the simulation: each once broke a promise.
 */
import { describe, expect, it } from 'vitest';
import { beginFakePool, openFakePool, turn } from '../fake-pool.ts';

const sent = (link: { sent: ReadonlyArray<{ t: string }> }) => link.sent.filter(({ t }) => t === 'run').length;

describe('a worker that died before it began', () => {
  it('leaves its task to one that is idle', async () => {
    const { pool, links } = await openFakePool();
    const first = pool.run('f');
    const second = pool.run('f');
    links[1]!.becomeReady();
    links[1]!.reply('second');
    await second;
    links[0]!.exit();
    expect(sent(links[1]!)).toBe(2);
    expect(links).toHaveLength(2);
    links[1]!.reply('first');
    expect(await first).toBe('first');
  });

  it('fails its task when the pool has failed meanwhile', async () => {
    const { pool, links } = await openFakePool({ restartLimit: { count: 0 } });
    const running = pool.run('f');
    const waiting = pool.run('f');
    const failed = expect(waiting).rejects.toMatchObject({ code: 'HEDDLE_POOL_FAILED' });
    links[1]!.exit();
    await failed;
    links[0]!.exit();
    await expect(running).rejects.toMatchObject({ code: 'HEDDLE_POOL_FAILED' });
    await pool.close();
  });

  it('is told once, however often its link says so', async () => {
    const { pool, links } = await openFakePool();
    links[0]!.exit();
    links[0]!.exit();
    const run = pool.run('f');
    links[1]!.becomeReady();
    links[0]!.exit();
    links[1]!.reply('fine');
    expect(await run).toBe('fine');
    expect(pool.stats().workers).toMatchObject({ started: 2, died: 1 });
  });
});

it('a start that fails while the pool closes leaves no timer for the next', async () => {
  const { pool, links, clock } = await openFakePool();
  const runs = [pool.run('f'), pool.run('f')];
  links[1]!.exit();
  links[2]!.emit({ t: 'failed', phase: 'load', error: { kind: 'value', value: 'no' }, isTypeScriptWanted: false });
  links[0]!.reply(1);
  links[0]!.reply(2);
  expect(await Promise.all(runs)).toEqual([1, 2]);
  const closed = pool.close();
  await turn();
  links[0]!.exit({ exitCode: 0, signal: null });
  links[2]!.exit();
  await closed;
  expect(clock.pending).toBe(0);
});

it('a late reply of a worker that is being ended: its task runs again in one that is idle', async () => {
  const { pool, links, clock } = await openFakePool({
    cancelGraceMs: 0,
    retries: 1,
    retryOn: () => true,
    retryDelayMs: 0,
  });
  const first = pool.run('f', [], { timeoutMs: 10 });
  const second = pool.run('f');
  links[1]!.becomeReady();
  links[1]!.reply('second');
  await second;
  clock.advance(10);
  expect(links[0]!.kills).toBe(1);
  links[0]!.emit({ t: 'error', id: links[0]!.run.id, error: { kind: 'value', value: 'aborted' } });
  links[1]!.reply('first');
  expect(await first).toBe('first');
});

it('an item of a map that is refused cancels the ones after it, also while all are being refused', async () => {
  const { pool, links } = await openFakePool({ restartLimit: { count: 0 } });
  const run = pool.run('f');
  const map = pool.map('f', [1, 2]);
  const next = expect(map.next()).rejects.toMatchObject({ code: 'HEDDLE_POOL_FAILED' });
  await turn();
  links[1]!.exit();
  await next;
  links[0]!.reply('fine');
  expect(await run).toBe('fine');
  expect(pool.stats().tasks).toMatchObject({ submitted: 3, queued: 0, running: 0 });
});

describe('an argument that calls the pool while it is packed', () => {
  /** Its getter runs `act` when the arguments are packed: the fake transport reads them as a real one does. */
  const acting = (act: () => void) => ({
    get x() {
      act();
      return 1;
    },
  });

  it('does not give one worker two tasks', async () => {
    const fake = beginFakePool({ workers: 1 }, { readsArguments: true });
    fake.links[0]!.becomeReady();
    await fake.opened;
    const runs: Array<Promise<unknown>> = [];
    const outer = fake.pool.run('f', [acting(() => runs.push(fake.pool.run('f')))]);
    expect(sent(fake.links[0]!)).toBe(1);
    fake.links[0]!.reply('inner');
    fake.links[0]!.reply('outer');
    expect(await Promise.all([...runs, outer])).toEqual(['inner', 'outer']);
  });

  it('may close it: the call is refused', async () => {
    const fake = beginFakePool({ workers: 1 }, { readsArguments: true });
    fake.links[0]!.becomeReady();
    await fake.opened;
    let closed: Promise<void> | undefined;
    const run = fake.pool.run('f', [acting(() => (closed = fake.pool.close()))]);
    await expect(run).rejects.toMatchObject({ code: 'HEDDLE_POOL_CLOSED' });
    await turn();
    fake.links[0]!.exit();
    await closed;
  });
});
