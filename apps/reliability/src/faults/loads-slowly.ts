/** A task module that takes its time to load. */
import { setTimeout as sleep } from 'node:timers/promises';
await sleep(200);
export const innocent = (n: number): number => n;
export const answers = (): string => 'loaded';
