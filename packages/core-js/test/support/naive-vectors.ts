// The definitions of minMax, dot and axpy, written as plainly as they can be said.
import type { FloatArray, NumericArray } from '../../src/index.ts';
import { blockedSum } from './naive.ts';

export function minMax(x: NumericArray): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const value of x) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

export function dot(x: FloatArray, y: FloatArray): number {
  return blockedSum(x.length, (i) => x[i]! * y[i]!);
}

export function axpy<T extends FloatArray>(a: number, x: T, y: T): T {
  const round = x instanceof Float32Array ? Math.fround : (value: number): number => value;
  return y.map((value, i) => round(round(round(a) * x[i]!) + value)) as T;
}
