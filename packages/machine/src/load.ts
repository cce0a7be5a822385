// How busy the machine is. Averages and pressure are about the whole machine (in a container too), not about this
// process; pressure is also known for its control group.
import { ownUnifiedFolders } from './cgroup.ts';
import type { Files } from './files.ts';
import type { Host } from './host.ts';

/** Percentages of the last 10 s in which at least one task stood still for want of something, 0..100. */
export interface Pressure {
  /** For want of a core; absent where the kernel doesn't say. */
  readonly pressureCpu10?: number;
  /** For want of memory (reclaiming it, reading back what was dropped or swapped); absent where the kernel doesn't say. */
  readonly pressureMemory10?: number;
}

export interface Load extends Pressure {
  /** Load averages over 1, 5 and 15 minutes: tasks running or waiting for a core or a disk. Always 0 on Windows. */
  readonly one: number;
  readonly five: number;
  readonly fifteen: number;
  /** The same of the tasks in the process's own group (version 2); absent where it's no other than the machine's. */
  readonly group?: Pressure & {
    /** The group's folder. */
    readonly source: string;
  };
  /** Where the averages came from: a file, or the Node function that was asked instead. */
  readonly source: string;
}

function percent(text: string | undefined): number | undefined {
  const some = /^some avg10=(\d{1,3}\.\d+) /m.exec(text ?? '');
  const value = some ? Number(some[1]) : Number.NaN;
  return value >= 0 && value <= 100 ? value : undefined;
}

function pressureOf(cpu: string | undefined, memory: string | undefined): Pressure {
  const pressureCpu10 = percent(cpu);
  const pressureMemory10 = percent(memory);
  return {
    ...(pressureCpu10 === undefined ? {} : { pressureCpu10 }),
    ...(pressureMemory10 === undefined ? {} : { pressureMemory10 }),
  };
}

/** Part of the last 10 s in which some task of the machine waited for a core, 0 to 1; undefined where the kernel doesn't say. */
export function readCpuPressure(files: Files): number | undefined {
  const waited = percent(files.read('/proc/pressure/cpu'));
  return waited === undefined ? undefined : waited / 100;
}

/** Load from the files of the kernel, from Node where these don't say. */
export function readLoad(files: Files, host: Host): Load {
  const numbers = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(files.read('/proc/loadavg') ?? '');
  const [one, five, fifteen] = numbers ? numbers.slice(1).map(Number) : host.loadAverage;
  const machine = pressureOf(files.read('/proc/pressure/cpu'), files.read('/proc/pressure/memory'));
  const group = ownUnifiedFolders(files)
    .map((dir) => ({
      ...pressureOf(files.read(`${dir}/cpu.pressure`), files.read(`${dir}/memory.pressure`)),
      source: dir,
    }))
    .find((own) => differs(own, machine));
  return {
    one: one ?? 0,
    five: five ?? 0,
    fifteen: fifteen ?? 0,
    ...machine,
    ...(group === undefined ? {} : { group }),
    source: numbers ? '/proc/loadavg' : 'os.loadavg()',
  };
}

/** Whether a group says anything that the machine doesn't: the top of the tree repeats the machine's numbers. */
function differs(own: Pressure, machine: Pressure): boolean {
  return (
    (own.pressureCpu10 ?? machine.pressureCpu10) !== machine.pressureCpu10 ||
    (own.pressureMemory10 ?? machine.pressureMemory10) !== machine.pressureMemory10
  );
}
