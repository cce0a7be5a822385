// The calibration of a machine on its disk: what can be there instead of it, and what becomes of a pool then.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Calibration } from '@heddle/advisor';
import * as machine from '@heddle/machine';
import { createPool } from '@heddle/ts-orchestrator';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LiveCosts } from '../../src/auto/backend-costs.ts';
import { openCalibrationStore, type FoundCalibration } from '../../src/auto/calibration-file.ts';
import { fixture, temporaryFolder } from '../helpers.ts';

const open = (folder: string) =>
  openCalibrationStore(machine, { env: { XDG_CACHE_HOME: folder }, platform: process.platform, home: () => '/nobody' });
const readFrom = (folder: string) => new Promise<FoundCalibration>((resolve) => open(folder).read(resolve));
/** A ceiling against a hang, not a judgement of speed. */
const PATIENT = { timeout: 50_000, interval: 5 };
const made = (folder: string, startMs = 50): Calibration => ({
  key: open(folder).key,
  madeAt: Date.now(),
  costs: { inline: {}, threads: { startMs }, processes: {} },
});
/** The folder, with a calibration in it; and its file. */
function withFile(): { folder: string; file: string } {
  const folder = temporaryFolder();
  expect(open(folder).write(made(folder))).toBeUndefined();
  const [name] = fs.readdirSync(path.join(folder, 'heddle'));
  return { folder, file: path.join(folder, 'heddle', name!) };
}

it('may be switched off', () => {
  const env = { HEDDLE_CALIBRATION: 'off', XDG_CACHE_HOME: '/x' };
  const store = openCalibrationStore(machine, { env, platform: 'linux', home: () => '/home/me' });
  expect(store.file).toBeUndefined();
  expect(store.readNow().problem).toBe('HEDDLE_CALIBRATION is off');
});

describe('the file', () => {
  it('is read as it was written, whole, and nothing is left beside it', async () => {
    const { folder, file } = withFile();
    const { calibration, problem, file: found } = await readFrom(folder);
    expect(calibration).toMatchObject({ costs: { threads: { startMs: 50 } } });
    expect([problem, found]).toEqual([undefined, file]);
    const reads = Array.from({ length: 50 }, (_, startMs) => {
      expect(open(folder).write(made(folder, startMs + 1))).toBeUndefined();
      return readFrom(folder);
    });
    for (const each of await Promise.all(reads)) expect(each.calibration).toBeDefined();
    expect(fs.readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  });

  it('may not be there', async () => {
    const { file, ...found } = await readFrom(temporaryFolder());
    expect(found).toEqual({ calibration: undefined, problem: undefined });
    expect(file).toContain('calibration-');
  });

  it.each([
    ['half written', (file: string) => fs.truncateSync(file, 40), 'not JSON'],
    ['empty', (file: string) => fs.truncateSync(file, 0), 'not JSON'],
    ['huge', (file: string) => fs.truncateSync(file, 2 ** 30), 'too long'],
    ['a folder', (file: string) => (fs.rmSync(file), fs.mkdirSync(file)), 'not a file'],
    ['of another machine', (file: string) => edit(file, '"cpu": "', '"cpu": "other '), 'another machine'],
    ['of a wrong clock', (file: string) => edit(file, /"madeAt": \d+/, '"madeAt": 99999999999999'), 'from the future'],
    ['stale', (file: string) => edit(file, /"madeAt": \d+/, '"madeAt": 1'), 'older than 30 days'],
    ['a link to itself', (file: string) => (fs.rmSync(file), fs.symlinkSync(file, file)), "can't be read"],
  ])('may be %s', async (_what, change, problem) => {
    const { folder, file } = withFile();
    change(file);
    const found = await readFrom(folder);
    expect(found.calibration).toBeUndefined();
    expect(found.problem).toContain(problem);
  });

  it.skipIf(process.platform === 'win32')('may be a pipe that nobody writes into', async () => {
    const { folder, file } = withFile();
    fs.rmSync(file);
    execFileSync('mkfifo', [file]);
    expect((await readFrom(folder)).problem).toBe('it is not a file');
  });

  it('is replaced, not written through a link that lies there', () => {
    const { folder, file } = withFile();
    const other = path.join(folder, 'precious');
    fs.writeFileSync(other, 'mine');
    fs.rmSync(file);
    fs.symlinkSync(other, file);
    expect(open(folder).write(made(folder))).toBeUndefined();
    expect(fs.readFileSync(other, 'utf8')).toBe('mine');
    expect(fs.lstatSync(file).isFile()).toBe(true);
  });

  it('can not be written everywhere, and that is no error', async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'file'), '');
    const below = path.join(folder, 'file');
    expect(open(below).write(made(below))).toMatch(/can't be written \(E/);
    expect(await readFrom(below)).toMatchObject({ calibration: undefined, problem: undefined });
  });

  it.runIf(process.platform === 'linux')('can not be written where nobody may', () => {
    expect(open('/proc').write(made('/proc'))).toMatch(/can't be written \(E/);
  });
});

function edit(file: string, from: string | RegExp, to: string): void {
  const text = fs.readFileSync(file, 'utf8');
  expect(text).toMatch(from);
  fs.writeFileSync(file, text.replace(from, to));
}

describe('what a program has measured', () => {
  const key = open('/x').key;

  it('is kept with what was known', () => {
    const costs = new LiveCosts();
    const kept = { ...made('/x', 100), madeAt: 5, cloneMsPerMiB: 1 };
    expect(costs.hasLearnt()).toBe(false);
    costs.calibrate(kept);
    expect(costs.of('threads', false, false)).toMatchObject({ startMs: 100, callerMs: 0.0065 });
    expect(costs.hasLearnt()).toBe(false);
    expect(costs.hasLearnt(0.5)).toBe(true);
    costs.started('threads', 60);
    expect(costs.hasLearnt()).toBe(true);
    expect(costs.of('threads', false, false).startMs).toBe(60);
    const now = { inline: {}, threads: { startMs: 80 }, processes: {} };
    // A correction does not make it younger: nobody corrects what calls cost.
    expect(costs.learnt(kept, key, 9, 0.5)).toEqual({ key, madeAt: 5, costs: now, cloneMsPerMiB: 0.75 });
    expect(costs.learnt(undefined, key, 9)).toEqual({
      key,
      madeAt: 9,
      costs: { inline: {}, threads: { startMs: 70 }, processes: {} },
    });
  });

  it('is believed within four times the constants: it may come from a busy time', () => {
    const costs = new LiveCosts();
    const threads = costs.of('threads', false, false);
    const far = { startMs: 9_000, callerMs: 1e-6, latencyMs: 0.03, memoryMiB: 800 };
    costs.calibrate({ key, madeAt: 1, costs: { inline: { callerMs: 9 }, threads: far, processes: {} } });
    expect(costs.of('threads', false, false)).toMatchObject({
      startMs: 4 * threads.startMs,
      callerMs: threads.callerMs / 4,
      latencyMs: 0.03,
      memoryMiB: 800,
    });
    expect(costs.of('inline', false, false)).toMatchObject({ callerMs: 0.012, startMs: 0 });
    costs.calibrate({ key, madeAt: 1, costs: { inline: {}, threads: { memoryMiB: 1 }, processes: {} } });
    expect(costs.of('threads', false, false).memoryMiB).toBe(threads.memoryMiB);
  });

  it('tells how far other costs are from the constants', () => {
    const costs = new LiveCosts();
    const before = costs.of('processes', false, false);
    const threads = { startMs: 40 };
    costs.calibrate({ key, madeAt: 1, costs: { inline: {}, threads, processes: {} }, cloneMsPerThousandObjects: 2.6 });
    const { startMs, callerMs, workerMs, latencyMs, memoryMiB } = before;
    expect(costs.of('processes', false, false)).toMatchObject({
      startMs: startMs / 2,
      callerMs: 2 * callerMs,
      workerMs: 2 * workerMs,
      latencyMs: 2 * latencyMs,
      memoryMiB,
    });
    expect(costs.of('threads', false, false).startMs).toBe(40);
    const processes = { startMs: 2 * startMs };
    costs.calibrate({ key, madeAt: 1, costs: { inline: {}, threads: {}, processes } });
    expect(costs.startMsOf('threads')).toBe(160);
    expect(costs.of('processes', false, false)).toMatchObject({ startMs: 2 * startMs, callerMs });
  });

  it('is not kept where it can not be', () => {
    const costs = new LiveCosts();
    costs.started('threads', Number.NaN);
    costs.started('processes', -5);
    expect(costs.hasLearnt(Infinity)).toBe(false);
  });
});

describe('a pool that chooses', () => {
  /** With its cache in a folder of its own. */
  async function makePool(folder: string) {
    vi.stubEnv('HEDDLE_CALIBRATION', '');
    vi.stubEnv('XDG_CACHE_HOME', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    const options = { backend: 'auto', workers: 1, execArgv: [] } as const;
    const pool = await createPool(fixture('tasks.mjs'), {
      ...options,
      require: { isolation: 'heap', sharedMemory: true },
    });
    onTestFinished(() => pool.close());
    const known = () => pool.explain().calibration!;
    await vi.waitUntil(() => known().state !== 'unread', PATIENT);
    return { pool, known };
  }

  it('keeps what a start took, and the next one begins with it', async () => {
    const folder = temporaryFolder();
    const first = await makePool(folder);
    expect(first.known()).toMatchObject({ state: 'none', reason: undefined });
    expect(await first.pool.run('inWorker')).toBe(true);
    await first.pool.close();
    const second = await makePool(folder);
    expect(second.known()).toMatchObject({ state: 'used', file: first.known().file });
    const kept = JSON.parse(fs.readFileSync(second.known().file!, 'utf8')) as Calibration;
    expect(kept.costs.threads.startMs).toBeGreaterThan(0);
    expect(second.known().madeAt).toBe(kept.madeAt);
  });

  it('looks for nothing before workers make sense, and beside them then', async () => {
    const folder = temporaryFolder();
    vi.stubEnv('HEDDLE_CALIBRATION', '');
    vi.stubEnv('XDG_CACHE_HOME', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    const little = await createPool(fixture('tasks.mjs'), { backend: 'auto', execArgv: [] });
    expect(await little.run('square', [4])).toBe(16);
    const unread = { state: 'unread', file: undefined, reason: undefined, madeAt: undefined };
    expect(little.explain().calibration).toMatchObject(unread);
    await little.close();
    expect(little.explain().calibration).toMatchObject(unread);
    expect(fs.readdirSync(folder)).toEqual([]);
    const pool = await createPool(fixture('tasks.mjs'), { backend: 'auto', execArgv: [] });
    onTestFinished(() => pool.close());
    // What has to be stoppable needs a worker.
    await pool.run('square', [4], { signal: new AbortController().signal });
    await vi.waitUntil(() => pool.explain().calibration!.state !== 'unread', PATIENT);
    await pool.close();
    expect(fs.readdirSync(path.join(folder, 'heddle'))).toHaveLength(1);
  });

  it('says what it could not believe, and works', async () => {
    const folder = temporaryFolder();
    const first = await makePool(folder);
    await first.pool.close();
    fs.mkdirSync(path.join(folder, 'heddle'), { recursive: true });
    fs.writeFileSync(first.known().file!, '{');
    const { pool, known } = await makePool(folder);
    expect(known()).toMatchObject({ state: 'ignored', reason: 'it is not JSON' });
    expect(await pool.run('square', [4])).toBe(16);
    // What it has measured takes the place of what nobody could read.
    await pool.close();
    expect((await makePool(folder)).known().state).toBe('used');
  });

  it('works where nothing can be kept', async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'file'), '');
    const { pool, known } = await makePool(path.join(folder, 'file'));
    expect(await pool.run('square', [4])).toBe(16);
    await pool.close();
    expect(known().reason).toMatch(/can't be written/);
  });
});
