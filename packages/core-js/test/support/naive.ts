// The definitions of the kernels, written as plainly as they can be said, to check the fast ones against.
import type { NumericArray } from '../../src/index.ts';

const BLOCK = 4096;
const LANES = 64;

export function blockedSum(length: number, valueAt: (i: number) => number): number {
  let total: number | undefined;
  for (let start = 0; start < length; start += BLOCK) {
    const lanes = Array.from({ length: LANES }, () => 0);
    for (let i = start; i < Math.min(start + BLOCK, length); i++) lanes[(i - start) % LANES]! += valueAt(i);
    for (const width of [32, 16, 8, 4, 2, 1]) {
      for (let lane = 0; lane < width; lane++) lanes[lane]! += lanes[lane + width]!;
    }
    total = total === undefined ? lanes[0]! : total + lanes[0]!;
  }
  return total ?? 0;
}

export function sum(x: NumericArray): number {
  return blockedSum(x.length, (i) => x[i]!);
}

export function meanVariance(x: NumericArray): { mean: number; variance: number } {
  const mean = sum(x) / x.length;
  const squares = blockedSum(x.length, (i) => (x[i]! - mean) * (x[i]! - mean));
  return { mean, variance: squares / x.length };
}

export function prefixSum<T extends NumericArray>(x: T): T {
  const out = x.slice() as T;
  if (x instanceof Int32Array || x instanceof Uint32Array) {
    let total = 0n;
    for (let i = 0; i < x.length; i++) {
      total += BigInt(x[i]!);
      out[i] = Number(BigInt.asIntN(32, total));
    }
    return out;
  }
  let offset: number | undefined;
  for (let start = 0; start < x.length; start += BLOCK) {
    let local: number | undefined;
    for (let i = start; i < Math.min(start + BLOCK, x.length); i++) {
      local = local === undefined ? x[i]! : local + x[i]!;
      out[i] = offset === undefined ? local : offset + local;
    }
    offset = offset === undefined ? local! : offset + local!;
  }
  return out;
}

export function histogram(x: Uint8Array | NumericArray, bins = 256, min = 0, max = 256): Uint32Array {
  const counts = new Uint32Array(bins);
  const scale = bins / (max - min);
  for (const v of x) {
    if (v >= min && v <= max) counts[Math.min(Math.floor((v - min) * scale), bins - 1)]!++;
  }
  return counts;
}

/** Ascending, -0 before +0, NaN last. */
export function sort<T extends NumericArray>(x: T): T {
  const rank = (v: number): number => (Number.isNaN(v) ? 2 : Object.is(v, -0) ? 0 : 1);
  const ordered = Array.from(x).sort((a, b) => {
    if (a < b) return -1;
    if (a > b) return 1;
    return rank(a) - rank(b);
  });
  const out = x.slice() as T;
  out.set(ordered);
  return out;
}

export interface Picture {
  width: number;
  height: number;
  centerX: number;
  centerY: number;
  pixelSize: number;
  maxIter: number;
}

export function mandelbrot({ width, height, centerX, centerY, pixelSize, maxIter }: Picture): Uint16Array {
  const out = new Uint16Array(width * height);
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const cx = centerX + (px - width / 2 + 0.5) * pixelSize;
      const cy = centerY - (py - height / 2 + 0.5) * pixelSize;
      let [x, y, n] = [0, 0, 0];
      while (n < maxIter) {
        const xx = x * x;
        const yy = y * y;
        if (xx + yy > 4) break;
        y = (x + x) * y + cy;
        x = xx - yy + cx;
        n++;
      }
      out[py * width + px] = n;
    }
  }
  return out;
}

export function nbodyAccelerations(positions: Float64Array, masses: Float64Array, softening: number): Float64Array {
  const n = masses.length;
  const out = new Float64Array(3 * n);
  const eps2 = softening * softening;
  for (let i = 0; i < n; i++) {
    let [ax, ay, az] = [0, 0, 0];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const dx = positions[3 * j]! - positions[3 * i]!;
      const dy = positions[3 * j + 1]! - positions[3 * i + 1]!;
      const dz = positions[3 * j + 2]! - positions[3 * i + 2]!;
      const d2 = dx * dx + dy * dy + dz * dz + eps2;
      const s = masses[j]! * (1 / (d2 * Math.sqrt(d2)));
      ax += dx * s;
      ay += dy * s;
      az += dz * s;
    }
    out.set([ax, ay, az], 3 * i);
  }
  return out;
}

const u32 = (z: bigint): bigint => BigInt.asUintN(32, z);
const PHI = 0x9e3779b9n;

function mix(z: bigint): bigint {
  z ^= z >> 16n;
  z = u32(z * 0x85ebca6bn);
  z ^= z >> 13n;
  z = u32(z * 0xc2b2ae35n);
  return z ^ (z >> 16n);
}

function chain(c: bigint, seed: bigint, block: bigint, lane: bigint): bigint {
  let h = mix(u32(seed + c));
  h = mix(h ^ u32(block));
  h = mix(u32(h + PHI) ^ (block >> 32n));
  return mix(u32(h + lane * PHI + 0x7f4a7c15n));
}

/** Samples inside the quarter circle, in whole-number arithmetic that can't overflow. */
export function monteCarloInside(samples: number, seed: number, blockStart = 0): number {
  const rotl = (z: bigint, by: bigint): bigint => u32((z << by) | (z >> (32n - by)));
  let inside = 0;
  for (let done = 0, block = BigInt(blockStart); done < samples; done += 65_536, block++) {
    const states = Array.from({ length: 16 }, (_, lane) => {
      const a = chain(PHI, BigInt(seed), block, BigInt(lane));
      const b = chain(0x6c62272en, BigInt(seed), block, BigInt(lane));
      const state: bigint[] = [mix(u32(a + PHI)), mix(u32(a + 2n * PHI)), mix(u32(b + PHI)), mix(u32(b + 2n * PHI))];
      if (state.reduce((all, word) => all | word) === 0n) state[0] = 1n;
      return state as [bigint, bigint, bigint, bigint];
    });
    for (let s = 0; s < Math.min(samples - done, 65_536); s++) {
      const state = states[s % 16]!;
      const u = u32(rotl(u32(state[0] + state[3]), 7n) + state[0]);
      const t = u32(state[1] << 9n);
      state[2] ^= state[0];
      state[3] ^= state[1];
      state[1] ^= state[2];
      state[0] ^= state[3];
      state[2] ^= t;
      state[3] = rotl(state[3], 11n);
      const [i, j] = [u >> 16n, u & 0xffffn];
      if (i * (i + 1n) + j * (j + 1n) < 1n << 32n) inside++;
    }
  }
  return inside;
}
