// How busy the machine is. Both numbers are about the whole machine (in a container too), not about this process.
import type { Files } from './files.ts';
import type { Host } from './host.ts';

export interface Load {
  /** Load averages over 1, 5 and 15 minutes: tasks running or waiting for a core or a disk. Always 0 on Windows. */
  readonly one: number;
  readonly five: number;
  readonly fifteen: number;
  /** Percentage of the last 10 s in which at least one task waited for a core, 0..100; absent where the kernel doesn't say. */
  readonly pressureCpu10?: number;
  /** Where the averages came from: a file, or the Node function that was asked instead. */
  readonly source: string;
}

/** Load from the files of the kernel, from Node where these don't say. */
export function readLoad(files: Files, host: Host): Load {
  const numbers = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(files.read('/proc/loadavg') ?? '');
  const [one, five, fifteen] = numbers ? numbers.slice(1).map(Number) : host.loadAverage;
  const pressure = /^some avg10=(\d+\.\d+) /m.exec(files.read('/proc/pressure/cpu') ?? '');
  const percent = pressure ? Number(pressure[1]) : Number.NaN;
  return {
    one: one ?? 0,
    five: five ?? 0,
    fifteen: fifteen ?? 0,
    ...(percent >= 0 && percent <= 100 ? { pressureCpu10: percent } : {}),
    source: numbers ? '/proc/loadavg' : 'os.loadavg()',
  };
}
