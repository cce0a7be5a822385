import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { check, describe as describeSeen } from '../src/hazard-lab/check.ts';
import { describeSharing } from '../src/hazard-lab/describe-sharing.ts';
import { HAZARDS, SHARINGS, UPDATES, WORKERS } from '../src/hazard-lab/input.ts';
import type { Hazard, SharingName } from '../src/hazard-lab/input.ts';
import { runProgram, runSharing } from '../src/hazard-lab/run-program.ts';
import type { Observation, SharingObservation } from '../src/hazard-lab/run-program.ts';
import type { Sharing } from '../src/hazard-lab/sharing-program.ts';
import { innocent } from '../src/hazard-lab/tasks.ts';
import type { LabOutput } from '../src/hazard-lab/variants.ts';
import { childPids } from './support.ts';

const CONTEXT = { size: { innocents: 2 }, workers: 1, dir: '/' };
const seen = (more: Partial<Observation> = {}): Observation => ({
  hazard: 'throws',
  innocents: { 0: innocent(0), 1: innocent(1) },
  told: 'RangeError',
  recoveryMs: 3.2,
  workersLost: 0,
  ...more,
});
const lab = (
  hazards = (Object.keys(HAZARDS) as Hazard[]).map((hazard) => seen({ hazard })),
  sharing: SharingObservation = { seen: {}, ended: 'exit code 7' },
): LabOutput => ({ hazards, sharing });
const counted = (name: keyof typeof UPDATES, lost: number): Sharing => {
  const expected = WORKERS * UPDATES[name];
  return { expected, counted: expected - lost, elapsedMs: 5 };
};

describe('the check of hazard-lab', () => {
  it('sees a wrong result of an innocent task and a hazard that was not observed', async () => {
    const { problem, digest, notes } = await check(lab(), CONTEXT);
    expect(problem).toBeUndefined();
    expect(Object.keys(notes!)).toEqual([...Object.values(HAZARDS), ...Object.values(SHARINGS)]);
    const wrong = createHash('sha256').update('x').digest('hex');
    const report = await check(lab(lab().hazards.with(1, seen({ hazard: 'exits', innocents: { 1: wrong } }))), CONTEXT);
    expect(report).toMatchObject({ problem: `beside 'exits' innocent task 1 gave ${wrong}`, digest });
    expect((await check(lab(lab().hazards.slice(1)), CONTEXT)).problem).toMatch(
      /^of the hazards throws, .* were observed exits/,
    );
  });

  it('sees an addition that is lost where none may be', async () => {
    const problemOf = async (sharing: SharingObservation['seen']) =>
      (await check(lab(undefined, { seen: sharing }), CONTEXT)).problem;
    expect(await problemOf({ plainly: counted('plainly', 7), underMutex: counted('underMutex', 0) })).toBeUndefined();
    expect(await problemOf({ underMutex: counted('underMutex', 1) })).toBe(
      "'shared counter: under a Mutex' gave 19999 of 20000",
    );
    expect(await problemOf({ plainly: counted('plainly', -1) })).toMatch(/gave 4000001 of 4000000$/);
  });

  it('tells in words what became of what is shared', () => {
    const words = (name: SharingName, sharing: Sharing) => describeSharing({ seen: { [name]: sharing } }, name);
    expect(words('plainly', counted('plainly', 1_234))).toBe('1,234 of 4,000,000 updates lost; 1.3 ns each');
    expect(words('byMessage', { ...counted('byMessage', 0), elapsedMs: 31 } as Sharing)).toBe(
      '0 of 20,000 updates lost; 1.6 µs each',
    );
    expect(words('twoLocks', { outcomes: ['SYNC_TIMEOUT', 'both'], waitedMs: 200.4 })).toBe(
      'SYNC_TIMEOUT, got both; after 200 ms',
    );
    expect(words('deadOwner', { told: 'HEDDLE_WORKER_DIED', wasNextTold: true, elapsedMs: 9.7 })).toBe(
      'caller: HEDDLE_WORKER_DIED; the next owner is told (guard.abandoned); after 10 ms',
    );
    expect(words('underMutex', { refused: 'HEDDLE_SHARED_ARRAY' })).toBe('refused: HEDDLE_SHARED_ARRAY');
    expect(describeSharing({ seen: {}, ended: 'hangs' }, 'deadOwner')).toBe('the program hangs');
    expect(describeSharing({ seen: {}, ended: 'exit code 7' }, 'deadOwner')).toBe('the program dies (exit code 7)');
  });

  it('tells in words who died, what the caller got and what was lost', () => {
    expect(describeSeen(seen(), 2)).toBe('nobody dies; caller: RangeError; 0 of 2 others lost; back after 3 ms');
    const died = { ended: 'SIGSEGV', told: undefined, recoveryMs: undefined, innocents: { 0: 'x' } };
    expect(describeSeen(seen(died as never), 2)).toBe(
      'the program dies (SIGSEGV); caller: told nothing; 1 of 2 others lost; never back',
    );
    expect(describeSeen(seen({ workersLost: 1 }), 2)).toMatch(/^the worker dies; /);
  });
});

/** What must be so on every machine; the whole table is a matter of measuring. */
const CERTAIN: [string, Hazard, Partial<Observation>][] = [
  ['inline', 'loops', { ended: 'hangs' }],
  ['threads', 'segfaults', { ended: 'SIGSEGV' }],
  ['threads', 'exits', { told: 'HEDDLE_WORKER_DIED', workersLost: 1 }],
  ['processes', 'segfaults', { told: 'HEDDLE_WORKER_DIED', workersLost: 1 }],
  ['processes', 'loops', { told: 'HEDDLE_TASK_TIMEOUT', workersLost: 1 }],
];

describe.concurrent('a program of hazard-lab', () => {
  it.each(CERTAIN)('%s: %s', async (backend, hazard, expected) => {
    const observation = await runProgram(backend, hazard, 4).observed;
    expect(observation).toMatchObject(expected);
    expect(Object.keys(observation.innocents)).toHaveLength(expected.ended === undefined ? 4 : 0);
  });

  const exact = (name: keyof typeof UPDATES) => ({ ...counted(name, 0), elapsedMs: expect.any(Number) as number });
  const withLocks = { atomically: exact('atomically'), underMutex: exact('underMutex'), byMessage: exact('byMessage') };
  it('inline: what is shared is changed by one task at a time, and ends with the program', async () => {
    const { seen, ended } = await runSharing('inline', 'deadOwner').observed;
    expect(seen).toMatchObject({ plainly: exact('plainly'), ...withLocks });
    expect(seen.deadOwner).toBeUndefined();
    expect(ended).toBe('exit code 7');
  });

  it('threads: Atomics, a mutex and messages lose nothing; a deadlock ends, a dead owner is told of', async () => {
    const { seen, ended } = await runSharing('threads', 'deadOwner').observed;
    expect(ended).toBeUndefined();
    expect(seen).toMatchObject({ ...withLocks, deadOwner: { told: 'HEDDLE_WORKER_DIED', wasNextTold: true } });
    // The time-out, or whatever else the lock says.
    const { outcomes } = seen.twoLocks as { outcomes: string[] };
    expect(outcomes).toEqual(expect.arrayContaining([expect.stringMatching(/^SYNC_/)]));
    expect(outcomes.every((outcome) => /^(both$|SYNC_)/.test(outcome))).toBe(true);
  });

  it('processes: share no lock', async () => {
    const { seen, ended } = await runSharing('processes', 'deadOwner').observed;
    expect(ended).toBeUndefined();
    const refused = { refused: expect.stringMatching(/^HEDDLE_SHARED_ARRAY/) as string };
    const { byMessage } = withLocks;
    expect(seen).toMatchObject({ byMessage, underMutex: refused, twoLocks: refused, deadOwner: refused });
    expect(seen.atomically).toMatchObject('refused' in seen.atomically! ? refused : withLocks.atomically);
  });

  it('is gone when it is killed', async () => {
    const program = runProgram('processes', 'throws', 1);
    program.kill();
    await expect(program.observed).resolves.toMatchObject({ ended: 'SIGKILL' });
  });
});

it('no program is left', async () => {
  expect(await childPids()).toEqual([]);
});
