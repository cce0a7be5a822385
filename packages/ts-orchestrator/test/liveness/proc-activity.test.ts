import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readActivity, verdictOf, type Activity } from '../../src/liveness/proc-activity.ts';
import { temporaryFolder } from '../helpers.ts';

/** A /proc with one process and one thread of the reader. */
function fakeProc(stat: string): string {
  const root = temporaryFolder();
  for (const folder of ['77', 'self/task/78']) {
    fs.mkdirSync(path.join(root, folder), { recursive: true });
    fs.writeFileSync(path.join(root, folder, 'stat'), stat);
  }
  fs.writeFileSync(path.join(root, 'self/stat'), stat);
  return root;
}
const stat = (name: string, state: string, user: number, system: number) =>
  `77 (${name}) ${state} 1 77 77 0 -1 4194304 10 0 0 0 ${user} ${system} 0 0 20 0 12 0 100 1000 10`;

it.each([['node'], ['a) R 9 (b'], ['']])('reads state and time behind the name "%s"', (name) => {
  const root = fakeProc(stat(name, 'S', 30, 12));
  const activity = { state: 'S', cpuTicks: 42 };
  expect(readActivity({ pid: 77 }, root)).toEqual(activity);
  expect(readActivity({ osThreadId: 78 }, root)).toEqual(activity);
});

it('tells what is gone from what can not be known', () => {
  const root = fakeProc(stat('node', 'Z', 1, 1));
  expect(readActivity({ pid: 77 }, root)).toBe('gone');
  expect(readActivity({ pid: 76 }, root)).toBe('gone');
  expect(readActivity({ osThreadId: 5 }, root)).toBe('gone');
  expect(readActivity({ pid: 77 }, path.join(root, 'none'))).toBeUndefined();
  expect(readActivity({ pid: 77 }, fakeProc('garbage'))).toBeUndefined();
});

it.each<[Activity | 'gone' | undefined, Activity | 'gone' | undefined, boolean, string]>([
  [{ state: 'R', cpuTicks: 5 }, { state: 'R', cpuTicks: 8 }, false, 'busy'],
  // It would run, and other programs have the processor.
  [{ state: 'R', cpuTicks: 5 }, { state: 'R', cpuTicks: 5 }, false, 'busy'],
  [{ state: 'S', cpuTicks: 5 }, { state: 'S', cpuTicks: 5 }, false, 'blocked'],
  [{ state: 'D', cpuTicks: 5 }, { state: 'D', cpuTicks: 5 }, false, 'blocked'],
  [{ state: 'S', cpuTicks: 5 }, { state: 'S', cpuTicks: 5 }, true, 'parked'],
  // The answer itself took a moment of the processor.
  [{ state: 'S', cpuTicks: 5 }, { state: 'S', cpuTicks: 6 }, true, 'parked'],
  [{ state: 'R', cpuTicks: 5 }, { state: 'R', cpuTicks: 8 }, true, 'busy'],
  [{ state: 'R', cpuTicks: 5 }, 'gone', false, 'gone'],
  [undefined, undefined, false, 'unknown'],
  [undefined, undefined, true, 'parked'],
])('%o, then %o, answering %s: %s', (before, after, isAnswering, verdict) => {
  expect(verdictOf(before, after, isAnswering)).toBe(verdict);
});

it.runIf(process.platform === 'linux')('sees this process compute, and a child that has ended', async () => {
  const before = readActivity({ pid: process.pid }) as Activity;
  let after = before;
  while (after.cpuTicks === before.cpuTicks) after = readActivity({ pid: process.pid }) as Activity;
  expect(verdictOf(before, after, false)).toBe('busy');
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.once('exit', resolve));
  expect(readActivity({ pid: child.pid! })).toBe('gone');
});
