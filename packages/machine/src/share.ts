// Needs nothing else of this package: programs load it alone, before they start their first worker.
// The part of the cores that a program may use when it is a worker of another: whoever starts it says so in its environment. What it starts
// itself divides this part again, so a tree of programs never asks for more than its root has.

/** A whole number from 1 on; nonsense counts as if it were not there. */
export const CORES_VARIABLE = 'HEDDLE_CORES';

/** Undefined: nobody has said anything. */
export function parseShare(setting: string | undefined): number | undefined {
  return setting !== undefined && /^[1-9]\d{0,5}$/.test(setting) ? Number(setting) : undefined;
}

/**
 * The part of each of so many workers. Rounded down, so that all together never exceed what there is, but for the one that each needs;
 * what is left over stays with the program that divides.
 */
export function shareOf(cores: number, workers: number): number {
  return Math.max(1, Math.floor(cores / workers));
}

/**
 * Set on the global object of a worker thread by who starts it: what its process was given, as its environment says it. The thread's own
 * part is in its copy of the environment, where what it starts inherits it; but settings of the process are no thread's to divide.
 */
export const PROCESS_SHARE = Symbol.for('@heddle/machine/process-share@1');

/** `HEDDLE_CORES` of this process: of a worker thread that was given a part, what its process has. */
export function processShare(): string | undefined {
  const told = (globalThis as { [PROCESS_SHARE]?: { readonly share: string | undefined } })[PROCESS_SHARE];
  return told === undefined ? process.env[CORES_VARIABLE] : told.share;
}

/** On a worker thread, before anything asks. */
export function tellProcessShare(share: string | undefined): void {
  (globalThis as { [PROCESS_SHARE]?: { readonly share: string | undefined } })[PROCESS_SHARE] = { share };
}
