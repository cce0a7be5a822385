// What is wrong is told once, at the call, with a code; and no secret is in it.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { createClusterPool, startNode } from '@heddle/cluster-bullmq';
import { collect, errorOf, FIXTURES, openPool, range, startProgram, TASKS } from './helpers.ts';
import { describeWithRedis, startRedis, temporaryFolder } from './redis-server.ts';

const inOptions = { redis: 'redis://127.0.0.1:1', root: FIXTURES };

/** A server that says of itself what it is told to. */
async function pretend(info: string): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const _ of String(data).matchAll(/^\*/gm))
        socket.write(/\r\ninfo\r\n/i.test(String(data)) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
    });
  });
  onTestFinished(() => void server.close());
  const file = path.join(temporaryFolder(), 'sock');
  await new Promise<void>((resolve) => server.listen(file, resolve));
  return `unix://${file}`;
}

it.each([
  ['http://localhost', 'CLUSTER_REDIS_URL'],
  ['not a url', 'CLUSTER_REDIS_URL'],
  ['redis://:secret%@host', 'CLUSTER_REDIS_URL'],
  ['redis://:secret@host/x', 'CLUSTER_REDIS_URL'],
  ['unix://', 'CLUSTER_REDIS_URL'],
  ['redis://user:secret@127.0.0.1:1', 'CLUSTER_REDIS_UNREACHABLE'],
  ['unix://:secret@localhost/nowhere.sock', 'CLUSTER_REDIS_UNREACHABLE'],
])('the address %s', async (redis, code) => {
  const errors = await Promise.all([
    errorOf(createClusterPool(TASKS, { redis, root: FIXTURES })),
    errorOf(startNode({ redis, root: FIXTURES })),
  ]);
  for (const error of errors) {
    expect(error).toMatchObject({ code, name: 'ClusterError' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret');
  }
});

it('a Redis that is too old', async () => {
  const redis = await pretend('# Server\r\nredis_version:5.0.14\r\n');
  expect(await errorOf(startNode({ redis, root: FIXTURES }))).toMatchObject({
    code: 'CLUSTER_REDIS_VERSION',
    message: expect.stringContaining('5.0.14'),
  });
});

it('something that listens and says nothing', async () => {
  const server = net.createServer((socket) => socket.on('error', () => undefined).resume());
  onTestFinished(() => void server.close());
  const file = path.join(temporaryFolder(), 'sock');
  await new Promise<void>((resolve) => server.listen(file, resolve));
  expect(await errorOf(startNode({ redis: `unix://${file}`, root: FIXTURES }))).toMatchObject({
    code: 'CLUSTER_REDIS_UNREACHABLE',
    message: expect.stringContaining('did not answer'),
  });
});

it('a Redis that throws keys away', async () => {
  const redis = await pretend('redis_version:7.2.0\r\nmaxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n');
  expect(await errorOf(startNode({ redis, root: FIXTURES }))).toMatchObject({ code: 'CLUSTER_REDIS_POLICY' });
});

it('options', async () => {
  const wrong = [
    createClusterPool(TASKS, { ...inOptions, expiry: 1 } as never),
    createClusterPool(TASKS, { ...inOptions, project: 'a:b' }),
    createClusterPool(TASKS, { ...inOptions, goneMs: 0 }),
    createClusterPool(3 as never, inOptions),
    startNode({ ...inOptions, root: '/nowhere' }),
    startNode({ ...inOptions, workers: 1.5 }),
    startNode({ ...inOptions, backend: 'inline' as never }),
  ];
  for (const { code } of await Promise.all(wrong.map(errorOf)))
    expect(code).toMatch(/^CLUSTER_(OPTION|REDIS_UNREACHABLE)$/);
  expect(await errorOf(createClusterPool(path.join(FIXTURES, 'none.mjs'), inOptions))).toMatchObject({
    code: 'CLUSTER_MODULE_HERE',
  });
  expect(await errorOf(createClusterPool('no-such-package', inOptions))).toMatchObject({ code: 'CLUSTER_MODULE_HERE' });
  expect(await errorOf(createClusterPool(import.meta.filename, inOptions))).toMatchObject({
    code: 'CLUSTER_MODULE_ROOT',
  });
});

describeWithRedis('with a Redis', () => {
  it('a wrong password, which no error repeats', async () => {
    const redis = await startRedis(['requirepass correct'], 'correct');
    for (const url of [redis.url.replace('correct', 'mistaken'), redis.url.replace(':correct@localhost', '')]) {
      const errors = await Promise.all([
        errorOf(createClusterPool(TASKS, { redis: url, root: FIXTURES })),
        errorOf(startNode({ redis: url, root: FIXTURES })),
      ]);
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'CLUSTER_REDIS_AUTH' });
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('mistaken');
      }
    }
    await startProgram(redis);
    const pool = await openPool(redis);
    expect(await pool.run('add', [1, 2])).toBe(3);
    // The password is in no key, value or job.
    const dump = redis
      .say('--scan')
      .split('\n')
      .map((key) => redis.say('dump', key));
    expect(dump.join()).not.toContain('correct');
  });

  it('no node at all', async () => {
    const redis = await startRedis();
    expect(await errorOf(openPool(redis, { noNodeMs: 100 }))).toMatchObject({ code: 'CLUSTER_NO_NODE' });
  });

  it('a node without the module, with other content, or where it does not load', async () => {
    const redis = await startRedis();
    const here = temporaryFolder();
    const there = temporaryFolder();
    for (const [name, text, textThere] of [
      ['missing.mjs', 'export const f = () => 1;', undefined],
      ['other.mjs', 'export const f = () => 1;', 'export const f = () => 2;'],
      ['broken.mjs', 'throw new RangeError("no database");', 'throw new RangeError("no database");'],
    ] as const) {
      fs.writeFileSync(path.join(here, name), text);
      if (textThere !== undefined) fs.writeFileSync(path.join(there, name), textThere);
    }
    fs.symlinkSync(TASKS, path.join(there, 'link.mjs'));
    fs.copyFileSync(TASKS, path.join(here, 'link.mjs'));
    await startProgram(redis, { root: there });
    const ask = (name: string) => errorOf(createClusterPool(path.join(here, name), { redis: redis.url, root: here }));
    expect(await ask('missing.mjs')).toMatchObject({
      code: 'CLUSTER_MODULE_MISSING',
      message: expect.stringContaining(there),
    });
    expect(await ask('other.mjs')).toMatchObject({ code: 'CLUSTER_MODULE_HASH' });
    expect(await ask('broken.mjs')).toMatchObject({
      code: 'CLUSTER_MODULE_LOAD',
      message: expect.stringContaining('no database'),
    });
    // A link that leads out of the root is no module of it.
    expect(await ask('link.mjs')).toMatchObject({ code: 'CLUSTER_MODULE_MISSING' });
  });

  it('a node of another version', async () => {
    const redis = await startRedis();
    const card = (refuses: object) =>
      JSON.stringify({
        id: 'x',
        name: 'far:1',
        version: '9.9.9',
        root: '/',
        state: 'ready',
        chunks: 1,
        serves: [],
        refuses,
      });
    const beat = (refuses: object) => {
      redis.say('hset', '{heddle:default}:nodes', 'x', card(refuses));
      redis.say('zadd', '{heddle:default}:beats', '1e15', 'x');
      redis.say('publish', '{heddle:default}:news', 'beat');
    };
    beat({});
    const { heard } = await redis.listen('{heddle:default}:news', ['want']);
    const asked = errorOf(openPool(redis));
    await heard;
    const id = redis.say('hkeys', '{heddle:default}:modules');
    beat({ [id]: { why: 'version' } });
    expect(await asked).toMatchObject({ code: 'CLUSTER_NODE_VERSION', message: expect.stringContaining('9.9.9') });
  });

  it('inputs, results, names and options of calls', async () => {
    const redis = await startRedis();
    await startProgram(redis, { resultBytesMax: 1_000 });
    const pool = await openPool(redis, { inputBytesMax: 1_000 });
    expect(await errorOf(pool.run('identity', [{ list: [1, () => 1] }]))).toMatchObject({
      code: 'CLUSTER_INPUT_UNCLONEABLE',
      message: expect.stringContaining('[0].list[1] is a function'),
    });
    const iteration = pool.map('identity', [1, 'x'.repeat(2_000)]);
    expect((await iteration.next()).value).toEqual({ index: 0, value: 1 });
    expect(await errorOf(iteration.next())).toMatchObject({
      code: 'CLUSTER_INPUT_BYTES',
      message: expect.stringContaining('path or a URL'),
    });
    expect(await errorOf(pool.run('largeResult', [2_000]))).toMatchObject({ code: 'CLUSTER_RESULT_BYTES' });
    expect(await errorOf(pool.run('returnsFunction'))).toMatchObject({ code: 'HEDDLE_RESULT_UNCLONEABLE' });
    expect(await errorOf(pool.run('squar', [1]))).toMatchObject({ code: 'HEDDLE_TASK_UNKNOWN' });
    expect(await errorOf(collect(pool.map('squar', range(30))))).toMatchObject({
      code: 'HEDDLE_TASK_UNKNOWN',
      message: expect.stringContaining('did you mean "square"?'),
    });
    expect(() => pool.map('square', 3 as never)).toThrow('an iterable');
    expect(() => pool.map('square', [], { transfer: [] } as never)).toThrow(
      expect.objectContaining({ code: 'CLUSTER_UNSUPPORTED' }),
    );
    expect(() => pool.map('square', [], { runId: 'a b' })).toThrow(expect.objectContaining({ code: 'CLUSTER_OPTION' }));
    await pool.close();
    expect(() => pool.map('square', [])).toThrow(expect.objectContaining({ code: 'CLUSTER_CLOSED' }));
  });

  it('a run that was something else', async () => {
    const redis = await startRedis();
    await startProgram(redis);
    const pool = await openPool(redis);
    const call = { runId: 'mine' };
    await collect(pool.map('square', range(25), call));
    const codes = await Promise.all([
      errorOf(collect(pool.map('identity', range(25), call))),
      errorOf(collect(pool.map('square', range(24), call))),
      errorOf(
        collect(
          pool.map(
            'square',
            range(25).map((n) => n + 1),
            call,
          ),
        ),
      ),
    ]);
    for (const error of codes) expect(error).toMatchObject({ code: 'CLUSTER_RUN_MISMATCH' });
    expect(codes[0]!.message).toContain('name');
    expect(await collect(pool.map('square', range(26), call))).toHaveLength(26);
  });
});
