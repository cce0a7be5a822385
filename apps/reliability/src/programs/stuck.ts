/** One situation in which something never goes on. Tells how it ended. */
import fs from 'node:fs';
import path from 'node:path';
import type { Backend } from '@heddle/ts-orchestrator';
import { SITUATIONS } from '../stuck/situations.ts';
import { readOrder, tell } from './program.ts';

export interface StuckOrder {
  readonly name: string;
  readonly backend: Backend;
  readonly addon: string | undefined;
  readonly folder: string;
}

export interface StuckReport {
  /** The error's code; its name where it has none. */
  readonly code: string;
  readonly message: string;
  readonly workerStack: string | undefined;
  readonly elapsedMs: number;
}

const { name, ...tools } = readOrder<StuckOrder>();
const { error, beganMs, endedMs } = await SITUATIONS.find((one) => one.name === name)!.provoke(tools);
const { code, name: errorName, message, workerStack } = error as NodeJS.ErrnoException & { workerStack?: string };
tell({
  code: typeof code === 'string' ? code : errorName,
  message,
  workerStack,
  elapsedMs: endedMs - beganMs,
} satisfies StuckReport);
// Lets go what is blocked in native code, which would outlive this program's end.
fs.writeFileSync(path.join(tools.folder, 'release'), '');
process.exit();
