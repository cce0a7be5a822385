import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { check, describe as describeSeen } from '../src/hazard-lab/check.ts';
import { HAZARDS } from '../src/hazard-lab/input.ts';
import type { Hazard } from '../src/hazard-lab/input.ts';
import { runProgram } from '../src/hazard-lab/run-program.ts';
import type { Observation } from '../src/hazard-lab/run-program.ts';
import { innocent } from '../src/hazard-lab/tasks.ts';
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
const all = () => (Object.keys(HAZARDS) as Hazard[]).map((hazard) => seen({ hazard }));

describe('the check of hazard-lab', () => {
  it('sees a wrong result of an innocent task and a hazard that was not observed', async () => {
    const { problem, digest, notes } = await check(all(), CONTEXT);
    expect(problem).toBeUndefined();
    expect(Object.keys(notes!)).toEqual(Object.values(HAZARDS));
    const wrong = createHash('sha256').update('x').digest('hex');
    const report = await check(all().with(1, seen({ hazard: 'exits', innocents: { 1: wrong } })), CONTEXT);
    expect(report).toMatchObject({ problem: `beside 'exits' innocent task 1 gave ${wrong}`, digest });
    expect((await check(all().slice(1), CONTEXT)).problem).toMatch(/^of the hazards throws, .* were observed exits/);
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

  it('is gone when it is killed', async () => {
    const program = runProgram('processes', 'throws', 1);
    program.kill();
    await expect(program.observed).resolves.toMatchObject({ ended: 'SIGKILL' });
  });
});

it('no program is left', async () => {
  expect(await childPids()).toEqual([]);
});
