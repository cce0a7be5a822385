// The functions that every contestant runs. Each takes one argument.

export interface Pair {
  a: number;
  b: number;
}

/** A small record, as JSON has them. */
export interface Item {
  id: number;
  name: string;
  tags: string[];
  isNew: boolean;
}

export const add = ({ a, b }: Pair): number => a + b;

export const increment = (n: number): number => n + 1;

export const rename = (item: Item): Item => ({ ...item, name: `${item.name}!` });

/** Changes both ends, so that the one who sent it sees that it was there. */
export function bump(array: Float64Array): Float64Array {
  array[0]! += 1;
  array[array.length - 1]! += 1;
  return array;
}

export function renameAll(items: Item[]): Item[] {
  for (const item of items) item.name += '!';
  return items;
}

/** Keeps its thread busy until `ms` of wall time have passed: no pool can be faster than the number of tasks times `ms`. */
export function spin(ms: number): number {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
  return ms;
}
