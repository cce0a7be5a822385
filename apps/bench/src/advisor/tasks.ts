// What the workloads call. A call that computes does so by counting, not by the clock: what slows a core down must slow it down too.
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Integer work that no compiler drops; gives a number that depends on every step. */
export function spin(steps: number): number {
  let state = steps | 1;
  for (let i = 0; i < steps; i++) state = (Math.imul(state, 0x5bd1e995) ^ (state >>> 15)) | 0;
  return state;
}

export const computeNumber = (steps: number): number => spin(steps);

export const compute = ({ steps }: { steps: number }): number => spin(steps);

export const computeUneven = compute;

export async function computeLater({ steps }: { steps: number }): Promise<number> {
  await Promise.resolve();
  return spin(steps);
}

export async function wait({ ms }: { ms: number }): Promise<number> {
  await sleep(ms);
  return ms;
}

export async function computeAndWait({ steps, ms }: { steps: number; ms: number }): Promise<number> {
  const before = spin(steps >> 1);
  await sleep(ms);
  return before ^ spin(steps - (steps >> 1));
}

/** Reads a piece of Node's own binary, a file that is there and is no secret, and adds up its words. */
export async function readFile({ bytes, offset }: { bytes: number; offset: number }): Promise<number> {
  const file = await open(process.execPath);
  try {
    const words = new Int32Array(bytes >> 2);
    await file.read(words, 0, words.byteLength, offset);
    let sum = 0;
    for (const word of words) sum = (sum + word) | 0;
    return sum;
  } finally {
    await file.close();
  }
}

export function parseText({ text }: { text: string }): number {
  return (JSON.parse(text) as unknown[]).length;
}

/** About 50 bytes as JSON. */
const recordOf = (id: number) => ({ id, name: `record number ${id % 100}`, on: id % 2 === 0 });

export function makeText({ records }: { records: number }): string {
  return JSON.stringify(Array.from({ length: records }, (_, id) => recordOf(id)));
}

export function sumArray({ data }: { data: Float64Array }): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  return sum;
}

export function transformArray({ data }: { data: Float64Array }): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.sin(data[i]!) * Math.sqrt(i + Math.exp(-data[i]!));
  return Math.round(sum);
}

interface Thing {
  id: number;
  name: string;
  price: number;
}

export function changeObjects({ things }: { things: Thing[] }): Thing[] {
  return things.map(({ id, name, price }) => ({ id, name: name.toUpperCase(), price: price + 1 }));
}

/** Numbers in an array of objects of the heap, sorted by a comparison. */
export function sortNumbers({ numbers }: { numbers: number }): number {
  let state = 1;
  const values = Array.from({ length: numbers }, () => (state = (Math.imul(state, 48_271) + 11) | 0));
  values.sort((a, b) => a - b);
  return values[numbers >> 1]!;
}
