// The kernel's own word for it: a program in a control group made for it. Needs the right to make one.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cgroupFolders } from '../src/cgroup.ts';
import { filesBelow } from '../src/files.ts';
import type { EffectiveCores, Machine } from '../src/index.ts';
import { MIB } from './tree.ts';

const QUOTA_US = 20_000;
const PERIOD_US = 100_000;
const LIMIT_BYTES = 512 * MIB;
const PERIODS = 10;

/** Spins until the kernel has stopped it `PERIODS` times, or never does it though a lot of processor time has gone. */
const PROGRAM = `
import { MachineReader } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
const reader = new MachineReader();
const watch = new MachineReader();
reader.read();
reader.effectiveCores();
for (;;) {
  for (let i = 0; i < 1e6; i++) Math.sqrt(i);
  if ((watch.read().throttling?.throttledPeriods ?? Infinity) >= ${PERIODS}) break;
  if (process.cpuUsage().user > ${10 * PERIODS * QUOTA_US}) break;
}
console.log(JSON.stringify({ effective: reader.effectiveCores(), machine: reader.read() }));
`;

interface Group {
  readonly dir: string;
  /** The file with the limit. */
  readonly file: string;
}

/** A group below that of this process, or beside it where version 2 wants processes in leaves only, with its limit set. */
function makeGroup(controller: 'cpu' | 'memory'): Group {
  const reasons: string[] = [];
  for (const { version, dir: parent } of cgroupFolders(filesBelow('/'), controller)) {
    const dir = path.join(parent, `heddle-test-${process.pid}`);
    try {
      if (version === 2) {
        const enabled = fs.readFileSync(path.join(parent, 'cgroup.subtree_control'), 'utf8').trim().split(' ');
        if (!enabled.includes(controller)) throw new Error(`${parent} hands its groups no ${controller} controller`);
      }
      fs.mkdirSync(dir, { recursive: true }); // one and the same for both controllers in version 2
      onTestFinished(() => {
        if (fs.existsSync(dir)) fs.rmdirSync(dir);
      });
      const names = {
        1: { cpu: 'cpu.cfs_quota_us', memory: 'memory.limit_in_bytes' },
        2: { cpu: 'cpu.max', memory: 'memory.max' },
      }[version];
      if (version === 1 && controller === 'cpu') {
        fs.writeFileSync(path.join(dir, 'cpu.cfs_period_us'), String(PERIOD_US));
      }
      if (controller === 'cpu') {
        // Ahead of its neighbours, so that it uses up its small quota on a crowded machine too.
        fs.writeFileSync(
          path.join(dir, version === 1 ? 'cpu.shares' : 'cpu.weight'),
          version === 1 ? '100000' : '10000',
        );
      }
      const file = path.join(dir, names[controller]);
      const cpu = version === 1 ? String(QUOTA_US) : `${QUOTA_US} ${PERIOD_US}`;
      fs.writeFileSync(file, controller === 'cpu' ? cpu : String(LIMIT_BYTES));
      return { dir, file };
    } catch (error) {
      reasons.push(String(error));
    }
  }
  throw new Error(`no ${controller} group can be made here: ${reasons.join('; ') || 'none is mounted'}`);
}

it('finds its limits in a real control group, and what the kernel made of them', async ({ skip }) => {
  let cpu: Group;
  let memory: Group;
  try {
    cpu = makeGroup('cpu');
    memory = makeGroup('memory');
  } catch (error) {
    return skip((error as Error).message);
  }
  // The shell moves itself into the groups before it becomes Node: all that Node does, it does inside.
  const child = spawn(
    'sh',
    [
      '-c',
      'echo $$ > "$1/cgroup.procs" && echo $$ > "$2/cgroup.procs" && exec "$3" --input-type=module -e "$4"',
      'sh',
      cpu.dir,
      memory.dir,
      process.execPath,
      PROGRAM,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  // Runs before the folders are removed, which the kernel refuses while a process is in them.
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  expect(await ended).toBe(0);

  const { machine, effective } = JSON.parse(text) as { machine: Machine; effective: EffectiveCores };
  expect(machine.cores).toMatchObject({ quota: QUOTA_US / PERIOD_US, quotaSource: cpu.file, allowed: 1 });
  expect(machine.memory).toMatchObject({ limitBytes: LIMIT_BYTES, source: memory.file });
  expect(machine.memory.availableBytes).toBeLessThan(LIMIT_BYTES);
  expect(machine.throttling).toMatchObject({ source: path.join(cpu.dir, 'cpu.stat') });
  expect(machine.throttling!.throttledPeriods).toBeGreaterThanOrEqual(PERIODS);
  expect(machine.throttling!.share).toBeGreaterThan(0);
  expect(effective.cores).toBeLessThanOrEqual(QUOTA_US / PERIOD_US);
  // In n periods, stopped at the end of each, a group runs at most n + 1 quotas and a tick or two beyond. A core that was
  // never taken away would read 1.
  expect(effective.busy!.usedCores).toBeLessThan(2 * (QUOTA_US / PERIOD_US));
  expect(effective.busy!.grantedShare).toBeLessThan(1);
});
