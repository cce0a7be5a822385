// What a pool makes of the calibration that it finds, what it says of it, and what it leaves to the next program.
import fs from 'node:fs';
import path from 'node:path';
import type { Calibration } from '@heddle/advisor';
import * as machine from '@heddle/machine';
import { describe, expect, it, vi } from 'vitest';
import { LiveCosts } from '../../src/auto/backend-costs.ts';
import { openCalibrationStore, type FoundCalibration } from '../../src/auto/calibration-file.ts';
import { PoolCalibration } from '../../src/auto/pool-calibration.ts';
import { temporaryFolder } from '../helpers.ts';
import { startProgram } from '../programs.ts';

const open = (folder: string) =>
  openCalibrationStore(machine, { env: { XDG_CACHE_HOME: folder }, platform: process.platform, home: () => '/nobody' });
/** A ceiling against a hang, not a judgement of speed. */
const PATIENT = { timeout: 50_000, interval: 5 };
const made = (folder: string, change: Partial<Calibration> = {}): Calibration => ({
  key: open(folder).key,
  madeAt: Date.now(),
  costs: { inline: {}, threads: { startMs: 50, callerMs: 0.005 }, processes: {} },
  ...change,
});

/** As a pool has it, when it was read. */
async function readIn(folder: string) {
  const costs = new LiveCosts();
  const onUsed = vi.fn<() => void>();
  const cloning = { bytesOut: 0, packMs: 0, bytesIn: 0, unpackMs: 0 };
  const calibration = new PoolCalibration({ costs, open: () => open(folder), cloning: () => cloning, onUsed });
  const listeners = process.listenerCount('exit');
  calibration.read();
  calibration.read();
  await vi.waitUntil(() => calibration.state.state !== 'unread', PATIENT);
  expect(process.listenerCount('exit')).toBe(listeners + 1);
  return { costs, calibration, onUsed, listeners };
}

describe('what is said of it', () => {
  const constants = 'Costs are constants, until they are measured.';

  it('before it was read', () => {
    const parts = { costs: new LiveCosts(), cloning: () => ({}) as never, onUsed: () => {} };
    const { state } = new PoolCalibration({ ...parts, open: () => expect.fail('not wanted') });
    expect(state).toMatchObject({ state: 'unread', file: undefined });
    expect(state.sentence).toMatch(/^No calibration of this machine was read so far/);
  });

  it('when there is none', async () => {
    const { calibration, onUsed, listeners } = await readIn(temporaryFolder());
    expect(calibration.state).toMatchObject({ state: 'none', reason: undefined, madeAt: undefined });
    expect(calibration.state.sentence).toContain('There is no calibration of this machine yet');
    expect(onUsed).not.toHaveBeenCalled();
    calibration.keep();
    expect(process.listenerCount('exit')).toBe(listeners);
  });

  it('when it holds', async () => {
    const folder = temporaryFolder();
    open(folder).write(made(folder, { madeAt: Date.now() - 86_400_000 }));
    const { calibration, costs, onUsed } = await readIn(folder);
    const { file, madeAt, sentence } = calibration.state;
    expect(sentence).toBe(
      `Costs come from the calibration of this machine (${file}), made on ${new Date(madeAt!).toISOString()}.`,
    );
    expect(onUsed).toHaveBeenCalledOnce();
    expect(costs.startMsOf('threads')).toBe(50);
    calibration.keep();
  });

  it.each<[string, string, (good: Calibration) => unknown]>([
    ['stale', 'it is older than 30 days', (good) => ({ ...good, madeAt: Date.now() - 31 * 86_400_000 })],
    ['from the future', 'it is from the future', (good) => ({ ...good, madeAt: Date.now() + 86_400_000 })],
    [
      'of another machine',
      'it is of another machine: cpu "M1"',
      (good) => ({ ...good, key: { ...good.key, cpu: 'M1' } }),
    ],
    [
      'of another Node',
      'it is of another machine: node "v1"',
      (good) => ({ ...good, key: { ...good.key, node: 'v1' } }),
    ],
    [
      'of another quota',
      'it is of another machine: cores 99',
      (good) => ({ ...good, key: { ...good.key, cores: 99 } }),
    ],
    ['of a later format', 'it has version 7', (good) => ({ ...good, version: 7 })],
    ['corrupt', 'it is not JSON', () => undefined],
    [
      'impossible',
      'costs.threads.startMs is -1',
      (good) => ({ ...good, costs: { ...good.costs, threads: { startMs: -1 } } }),
    ],
  ])('when it is %s: it is ignored, and what is measured takes its place', async (_what, reason, change) => {
    const folder = temporaryFolder();
    open(folder).write(made(folder));
    const { file } = open(folder);
    const good = JSON.parse(fs.readFileSync(file!, 'utf8')) as Calibration;
    fs.writeFileSync(file!, JSON.stringify(change(good)) ?? '{"version":');
    const { calibration, costs, onUsed } = await readIn(folder);
    const { state, sentence } = calibration.state;
    expect(state).toBe('ignored');
    expect(sentence).toContain(`The calibration of this machine is ignored (${file}): ${reason}`);
    expect(sentence).toContain(constants);
    expect(onUsed).not.toHaveBeenCalled();
    expect(costs.startMsOf('threads')).toBe(80);
    costs.started('threads', 60);
    calibration.keep();
    expect(open(folder).readNow()).toMatchObject({
      problem: undefined,
      calibration: { costs: { threads: { startMs: 70 } } },
    });
  });

  it('when nothing can be kept', async () => {
    const folder = path.join(temporaryFolder(), 'file');
    fs.writeFileSync(folder, '');
    const { calibration, costs } = await readIn(folder);
    expect(calibration.state.state).toBe('none');
    costs.started('threads', 60);
    calibration.keep();
    expect(calibration.state.sentence).toMatch(
      /What this pool has measured was not kept: it can't be written \(ENOTDIR\)\.$/,
    );
  });
});

describe('what is kept', () => {
  it('corrects what there is then, not what there was when the pool began', async () => {
    const folder = temporaryFolder();
    open(folder).write(made(folder));
    const { calibration, costs } = await readIn(folder);
    const madeAt = Date.now() - 1_000;
    const newer = { inline: {}, threads: { startMs: 40, callerMs: 0.004 }, processes: { startMs: 90 } };
    open(folder).write(made(folder, { madeAt, costs: newer }));
    costs.started('threads', 30);
    calibration.keep();
    expect(open(folder).readNow().calibration).toMatchObject({
      madeAt,
      costs: { threads: { startMs: 35, callerMs: 0.004 }, processes: { startMs: 90 } },
    });
    // Once.
    fs.rmSync(open(folder).file!);
    calibration.keep();
    expect(fs.existsSync(open(folder).file!)).toBe(false);
  });

  it('is nothing where nothing was measured', async () => {
    const folder = temporaryFolder();
    const { calibration } = await readIn(folder);
    calibration.keep();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['returns', 0],
    ['exit', 3],
  ])('is kept by a program that never closes its pool (%s)', async (how, code) => {
    const folder = temporaryFolder();
    const env = { HEDDLE_CALIBRATION: '', XDG_CACHE_HOME: folder };
    const ended = await startProgram('forgets-close-of-auto.mjs', [how], env).ended;
    expect(ended).toMatchObject({ code, stdout: 'none 9\n', stderr: '' });
    expect(open(folder).readNow().calibration!.costs.threads.startMs).toBeGreaterThan(0);
  });

  it('is whole at every moment, however many programs write it', async () => {
    const folder = temporaryFolder();
    const env = { HEDDLE_CALIBRATION: '', XDG_CACHE_HOME: folder };
    const programs = [1, 2, 3, 4].map(() => startProgram('writes-calibrations.mjs', ['100'], env).ended);
    const state = { areOver: false };
    const all = Promise.all(programs).then((ended) => {
      state.areOver = true;
      return ended;
    });
    while (!state.areOver) {
      const { problem } = await new Promise<FoundCalibration>((resolve) => open(folder).read(resolve));
      expect(problem).toBeUndefined();
    }
    for (const ended of await all) expect(ended).toMatchObject({ code: 0, stdout: '\n', stderr: '' });
    expect(open(folder).readNow().calibration!.costs.threads.startMs).toBe(100);
    expect(fs.readdirSync(path.join(folder, 'heddle'))).toHaveLength(1);
  });
});
