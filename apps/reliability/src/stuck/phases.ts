/**
 * A task module whose `setup` or `teardown` never ends. Each writes when it began, on the clock of all processes, into a file.
 */
import fs from 'node:fs';

/** What `workerData` says. */
export interface Phases {
  readonly stuckIn: 'setup' | 'teardown';
  readonly how: 'awaits' | 'loops';
  readonly file: string;
}

let phases: Phases;

async function reach(phase: Phases['stuckIn']): Promise<void> {
  if (phases.stuckIn !== phase) return;
  fs.writeFileSync(phases.file, String(Number(process.hrtime.bigint()) / 1e6));
  if (phases.how === 'awaits') await new Promise(() => {});
  for (;;);
}

export async function setup(data: Phases): Promise<void> {
  phases = data;
  await reach('setup');
}

export const teardown = (): Promise<void> => reach('teardown');

export const innocent = (n: number): number => n;
