// Every failure for real: processes are killed, Redis goes and comes back. What must hold each time: nothing lost, nothing doubled.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { BEAT_MS, LOCK_MS, STALLED_MS } from '../src/deadlines.ts';
import { keysOf } from '../src/redis/keys.ts';
import { FAIL, OPEN } from '../src/redis/scripts.ts';
import { collect, errorOf, FIXTURES, lines, openPool, range, startProgram, TASKS } from './helpers.ts';
import { describeWithRedis, startRedis, temporaryFolder } from './redis-server.ts';

/** Inputs that say when they run, and wait until the gate is opened. */
function gated(count: number) {
  const folder = temporaryFolder();
  const log = path.join(folder, 'log');
  const gate = path.join(folder, 'gate');
  return {
    items: range(count).map((index) => ({ index, log, gate })),
    log,
    open: () => fs.writeFileSync(gate, ''),
  };
}
const inOrder = (count: number) => range(count).map((index) => ({ index, value: index }));

it('notices a killed node within five seconds: its locks run out, and two looks find them', () => {
  expect(LOCK_MS + 2 * STALLED_MS + BEAT_MS).toBeLessThanOrEqual(5_000);
});

describeWithRedis('a failure loses nothing and doubles nothing', () => {
  it('a worker process is killed by one input: that one gets its error, all others their results', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const items = await collect(pool.map('diesAt', range(40), { onError: 'collect', attempts: 2, retryDelayMs: 0 }));
    expect(items.filter(({ error }) => error === undefined)).toEqual(inOrder(40).filter(({ index }) => index !== 13));
    expect(items[13]).toMatchObject({
      index: 13,
      error: { code: 'HEDDLE_TASK_QUARANTINED', name: 'TaskQuarantinedError' },
    });
  });

  it('a node is killed: another one runs what it had', async () => {
    const redis = await startRedis();
    const [first] = await Promise.all([startProgram(redis, { workers: 2 }), startProgram(redis, { workers: 2 })]);
    const pool = await openPool(redis);
    const { items, log, open } = gated(4);
    const results = collect(pool.map('waitsFor', items, { chunkItemsMax: 1 }));
    await lines(log, 4);
    await first.kill();
    open();
    expect(await results).toEqual(inOrder(4));
    expect((await lines(log, 6)).toSorted()).toEqual(expect.arrayContaining(['0', '1', '2', '3']));
  });

  it('Redis is killed and comes back with its append-only file', async () => {
    const redis = await startRedis(['appendonly yes', 'appendfsync always']);
    await startProgram(redis, { workers: 2 });
    const pool = await openPool(redis);
    const { items, log, open } = gated(30);
    const results = collect(pool.map('waitsFor', items, { chunkItemsMax: 3 }));
    await lines(log, 2);
    await redis.kill();
    await redis.start();
    open();
    expect(await results).toEqual(inOrder(30));
  });

  it('Redis is killed and comes back empty, with the tasks done meanwhile', async () => {
    const redis = await startRedis();
    await startProgram(redis, { workers: 2 });
    const pool = await openPool(redis);
    const { items, log, open } = gated(30);
    const results = collect(pool.map('waitsFor', items, { chunkItemsMax: 3 }));
    await lines(log, 2);
    await redis.kill();
    open();
    await lines(log, 4);
    await redis.start();
    expect(await results).toEqual(inOrder(30));
  });

  it('Redis is gone for longer than the client waits: one error, and the run goes on by its id', async () => {
    const redis = await startRedis(['appendonly yes', 'appendfsync always']);
    await startProgram(redis);
    const pool = await openPool(redis, { goneMs: 300 });
    const { items, log, open } = gated(10);
    const results = errorOf(collect(pool.map('waitsFor', items, { chunkItemsMax: 1, runId: 'nightly' })));
    await lines(log, 1);
    await redis.kill();
    expect(await results).toMatchObject({ code: 'CLUSTER_REDIS_GONE' });
    await pool.close();
    await redis.start();
    open();
    const again = await openPool(redis);
    expect(await collect(again.map('waitsFor', items, { chunkItemsMax: 1, runId: 'nightly' }))).toEqual(inOrder(10));
  });

  it('a client is killed: another one gets all results of the run, and what was done is not done again', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const log = path.join(temporaryFolder(), 'log');
    const items = range(500).map((index) => ({ index, log }));
    const call = { runId: 'nightly', chunkItemsMax: 20 };
    const order = { module: TASKS, pool: { redis: redis.url, root: FIXTURES }, name: 'logs', items, call };
    const client = spawn(process.execPath, [path.join(FIXTURES, 'client.mjs'), JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => client.stdout.once('data', resolve));
    const gone = new Promise((resolve) => client.once('exit', resolve));
    client.kill('SIGKILL');
    await gone;
    const pool = await openPool(redis);
    expect(await collect(pool.map('logs', items, call))).toEqual(inOrder(500));
    const runs = fs.readFileSync(log, 'utf8').trim().split('\n');
    expect(runs.map(Number).toSorted((a, b) => a - b)).toEqual(range(500));
  });

  it('two clients on one run both get all of it, and each input runs once', async () => {
    const redis = await startRedis();
    await Promise.all([startProgram(redis), startProgram(redis)]);
    const log = path.join(temporaryFolder(), 'log');
    const items = range(300).map((index) => ({ index, log }));
    const pools = await Promise.all([openPool(redis), openPool(redis)]);
    const both = await Promise.all(
      pools.map((pool, place) => collect(pool.map('logs', items, { runId: 'shared', chunkItemsMax: 7 + place * 4 }))),
    );
    expect(both).toEqual([inOrder(300), inOrder(300)]);
    const runs = fs.readFileSync(log, 'utf8').trim().split('\n');
    expect(runs.map(Number).toSorted((a, b) => a - b)).toEqual(range(300));
  });

  it('the memory of Redis is full: one error, and the run goes on by its id when there is more', async () => {
    const redis = await startRedis(['maxmemory 16mb', 'maxmemory-policy noeviction']);
    await startProgram(redis);
    const pool = await openPool(redis);
    const sizes = range(40).map((index) => 2 ** 20 + index);
    const call = { runId: 'large', chunkItemsMax: 1 };
    expect(await errorOf(collect(pool.map('largeResult', sizes, call)))).toMatchObject({
      code: 'CLUSTER_REDIS_MEMORY',
    });
    redis.say('config', 'set', 'maxmemory', '0');
    const items = await collect(pool.map('largeResult', sizes, call));
    expect(items.map(({ value }) => value.length)).toEqual(sizes);
    expect(items[0]!.value).toBeInstanceOf(Uint8Array);
  });

  it('a failure that comes after the run was opened again is that of the old one, and not told', async () => {
    const redis = await startRedis();
    const keys = keysOf('p').run('r');
    const open = () =>
      redis.say('eval', OPEN, '3', keys.run, keys.chunks, keys.out, '60000', '{"name":"f"}', '{"attempts":3}');
    const fail = (opens: string) => redis.say('eval', FAIL, '1', keys.run, 'broken', keys.news, opens);
    const failure = () => redis.say('hget', keys.run, 'failure');
    open();
    open();
    fail('1');
    expect(failure()).toBe('');
    fail('2');
    expect(failure()).toBe('broken');
    open();
    expect(failure()).toBe('');
    // Nor does it make a run that is not there any more.
    redis.say('del', keys.run);
    fail('2');
    expect(redis.say('exists', keys.run)).toBe('0');
  });

  it('the inputs of jobs have expired: they harm nobody, and the run is computed for who asks again', async () => {
    const redis = await startRedis(['notify-keyspace-events Ex']);
    const node = await startProgram(redis);
    const pool = await openPool(redis, { expiryMs: 1_000 });
    const { items, log, open } = gated(3);
    const call = { runId: 'old', chunkItemsMax: 1 };
    const iteration = pool.map('waitsFor', items, call);
    const first = errorOf(iteration.next());
    await lines(log, 1);
    await node.kill();
    const { heard } = await redis.listen(
      '__keyevent@0__:expired',
      range(3).map((index) => `:run:old:in:${index}`),
    );
    await pool.close({ cancel: true });
    expect(await first).toMatchObject({ code: 'CLUSTER_CLOSED' });
    await heard;
    open();
    await startProgram(redis);
    const again = await openPool(redis);
    expect(await collect(again.map('waitsFor', items, { ...call }))).toEqual(inOrder(3));
  });

  it('a run is made anew under its name while a node still computes the old one: it takes nothing of that', async () => {
    const redis = await startRedis(['notify-keyspace-events KA']);
    await startProgram(redis);
    const pool = await openPool(redis);
    const { items, log, open } = gated(1);
    const first = errorOf(pool.map('waitsFor', items, { runId: 'reused' }).next());
    await lines(log, 1);
    await pool.close({ cancel: true });
    expect(await first).toMatchObject({ code: 'CLUSTER_CLOSED' });
    redis.say('del', ...redis.say('keys', '*:run:reused*').split('\n'));
    const again = await openPool(redis);
    const { heard } = await redis.listen('__keyspace@0__:{heddle:default}:run:reused:in:0', ['set']);
    const results = collect(again.map('identity', ['new'], { runId: 'reused' }));
    await heard;
    open();
    expect(await results).toEqual([{ index: 0, value: 'new' }]);
  });

  it('a node that has let the module go takes it up again for the next call', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    expect(await pool.run('square', [2])).toBe(4);
    redis.say('del', '{heddle:default}:wants', '{heddle:default}:modules');
    redis.say('publish', '{heddle:default}:news', 'want');
    expect(await pool.run('square', [3])).toBe(9);
  });

  it('a run is cancelled of which a node has something for a module that it has let go: that ends too', async () => {
    const redis = await startRedis();
    const root = temporaryFolder();
    const file = path.join(root, 'waits.mjs');
    fs.writeFileSync(
      file,
      `import fs from 'node:fs';
      export function waits(log) {
        fs.appendFileSync(log, 'begun\\n');
        return new Promise(() => {});
      }`,
    );
    const node = await startProgram(redis, { root });
    const pool = await openPool(redis, { root }, file);
    const controller = new AbortController();
    const log = path.join(temporaryFolder(), 'log');
    const outcome = errorOf(pool.run('waits', [log], { signal: controller.signal }));
    await lines(log, 1);
    // With other content it is another module.
    fs.appendFileSync(file, '\n');
    const isRefused = async () => (await pool.nodes()).some(({ refuses }) => Object.keys(refuses).length > 0);
    while (!(await isRefused()));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    await node.kill('SIGTERM');
    expect(await node.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('drained') });
  });

  it('a worker that did not start is tried again, if it is not the content of the module', async () => {
    const redis = await startRedis();
    const root = temporaryFolder();
    const file = path.join(root, 'needs.mjs');
    fs.writeFileSync(
      file,
      `import fs from 'node:fs';
      if (!fs.existsSync(new URL('./there', import.meta.url))) process.exit(3);
      export const answer = () => 42;`,
    );
    await startProgram(redis, { root });
    expect(await errorOf(openPool(redis, { root }, file))).toMatchObject({
      code: 'CLUSTER_MODULE_LOAD',
      message: expect.stringContaining('exited with code 3'),
    });
    fs.writeFileSync(path.join(root, 'there'), '');
    // The refusal stands until it is tried again.
    let pool: Awaited<ReturnType<typeof openPool>> | undefined;
    while (pool === undefined) pool = await openPool(redis, { root }, file).catch(() => undefined);
    expect(await pool.run('answer')).toBe(42);
  });

  it('the mark that wakes a node for a chunk is lost with who took it: the chunk runs all the same', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    expect(await pool.run('square', [2])).toBe(4);
    const mark = `{heddle:default}:chunks-${redis.say('hkeys', '{heddle:default}:modules')}:marker`;
    const thief = new Redis(path.join(redis.folder, 'redis.sock'));
    onTestFinished(() => thief.disconnect());
    const own = await thief.client('ID');
    const taken = thief.bzpopmin(mark, 0);
    const waiting = () =>
      redis
        .say('client', 'list')
        .split('\n')
        .filter((line) => line.includes('cmd=bzpopmin'))
        .map((line) => Number(/id=(\d+)/.exec(line)![1]));
    // Who waits longest gets it: the node comes back behind the thief.
    let ids: number[] = [];
    while (!ids.includes(own) || ids.length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
      ids = waiting();
    }
    for (const id of ids) if (id !== own) redis.say('client', 'kill', 'id', String(id));
    expect(await pool.run('square', [3])).toBe(9);
    expect(await taken).toEqual([mark, '0', '0']);
  });

  it('a node that is asked to end finishes what it has, and another one does the rest', async () => {
    const redis = await startRedis();
    const [first] = await Promise.all([startProgram(redis, { workers: 2 }), startProgram(redis, { workers: 2 })]);
    const pool = await openPool(redis);
    const { items, log, open } = gated(12);
    const results = collect(pool.map('waitsFor', items, { chunkItemsMax: 1 }));
    await lines(log, 4);
    const ended = first.kill('SIGTERM');
    open();
    await ended;
    expect(await results).toEqual(inOrder(12));
    expect(await first.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('drained') });
    expect(await lines(log, 12)).toHaveLength(12);
  });
});
