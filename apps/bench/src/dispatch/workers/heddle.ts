// The tasks for heddle, with the one that gives its array away.
import { move } from '@heddle/ts-orchestrator/task';
import { bump } from '../tasks.ts';

export * from '../tasks.ts';
export const bumpMoved = (array: Float64Array): unknown => move(bump(array), [array.buffer as ArrayBuffer]);
