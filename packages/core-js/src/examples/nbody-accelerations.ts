// Gravitational accelerations of n bodies on each other, all pairs, with the gravitational constant 1.
import {
  allocate,
  checkArray,
  checkFinite,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  checkOptions,
  wrongRange,
  wrongType,
  type KernelOptions,
  type SyncKernelOptions,
} from '../arguments.ts';
import { beginAsync } from '../async-form.ts';

/** The bodies, and which of them to compute. */
export interface NbodyParameters {
  /** x, y, z of body 0, then of body 1, …: 3 elements per body. */
  positions: Float64Array;
  /** One element per body; their number is the number of bodies. */
  masses: Float64Array;
  /** Length that softens close encounters, finite and not negative: its square is added to each squared distance. */
  softening: number;
  /** 'fast' lets the native package round differently, by at most 1e-9 of the sum of all terms' sizes; here both are exact. */
  precision?: 'exact' | 'fast';
  /** First body to compute, 0 to the number of bodies. Default 0. */
  bodyStart?: number;
  /** Bodies to compute. Default: all from bodyStart on. */
  bodyCount?: number;
  /** Where ax, ay, az of the bodies go: 3 * bodyCount elements that share no byte with the inputs. Default: new. */
  out?: Float64Array;
}

interface Bodies {
  positions: Float64Array;
  masses: Float64Array;
  softeningSquared: number;
  start: number;
  count: number;
  out: Float64Array | undefined;
}

/**
 * The acceleration of each body: the sum over all others, in their order, of m * d / (|d|^2 + softening^2)^(3/2).
 * The bits don't depend on how the bodies are split by bodyStart and bodyCount. Coinciding bodies without softening give
 * NaN.
 * Returns `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(bodyCount * n) time; each pair inside the range is computed once for both of its bodies.
 */
export function nbodyAccelerationsSync(parameters: NbodyParameters, options?: SyncKernelOptions): Float64Array {
  const bodies = check(parameters);
  checkOptions('nbodyAccelerations', options);
  return compute(bodies);
}

/** {@link nbodyAccelerationsSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function nbodyAccelerations(parameters: NbodyParameters, options?: KernelOptions): Promise<Float64Array> {
  const bodies = check(parameters);
  const { positions, masses, out } = bodies;
  return compute({ ...bodies, ...beginAsync('nbodyAccelerations', { positions, masses, out }, options) });
}

function check(parameters: NbodyParameters): Bodies {
  const kernel = 'nbodyAccelerations';
  checkObject(kernel, 'parameters', parameters);
  const { positions, masses, precision = 'exact', out } = parameters;
  checkArray(kernel, 'masses', masses, ['Float64Array']);
  checkArray(kernel, 'positions', positions, ['Float64Array']);
  checkLength(kernel, 'positions', positions, 3 * masses.length, '3 x the number of masses');
  const softening = checkFinite(kernel, 'softening', parameters.softening);
  if (softening < 0) throw wrongRange(kernel, 'softening', 'not be negative', String(softening));
  if (precision !== 'exact' && precision !== 'fast') {
    const isText = typeof precision === 'string';
    if (isText) throw wrongRange(kernel, 'precision', `be 'exact' or 'fast'`, `'${precision}'`);
    throw wrongType(kernel, 'precision', `'exact' or 'fast'`, precision);
  }
  const n = masses.length;
  const start = checkInteger(kernel, 'bodyStart', parameters.bodyStart ?? 0, 0, n);
  const count = checkInteger(kernel, 'bodyCount', parameters.bodyCount ?? n - start, 0, n - start);
  if (out !== undefined) {
    checkArray(kernel, 'out', out, ['Float64Array']);
    checkLength(kernel, 'out', out, 3 * count, '3 x bodyCount');
    checkNoOverlap(kernel, 'out', out, 'positions', positions);
    checkNoOverlap(kernel, 'out', out, 'masses', masses);
  }
  return { positions, masses, softeningSquared: softening * softening, start, count, out };
}

// Columns: a block of bodies j, copied out of the inputs so that V8 reads them without bounds checks, and what they
// have gathered so far.
const COLUMNS = 512;
const xs = new Float64Array(COLUMNS);
const ys = new Float64Array(COLUMNS);
const zs = new Float64Array(COLUMNS);
const ms = new Float64Array(COLUMNS);
const axs = new Float64Array(COLUMNS);
const ays = new Float64Array(COLUMNS);
const azs = new Float64Array(COLUMNS);
/** The row's acceleration, in and out of the two inner loops. */
const rowSum = new Float64Array(3);

// The sum of body i must take its terms in ascending j. Columns go block by block in that order:
//   bodies before the range   each row i of the range adds the block's terms
//   bodies of the range       the pair (i, j), i < j, is computed once: row i adds its term, column j subtracts its own
//                             (the difference of positions only changes its sign). Column j gets its terms from rows
//                             i < j in ascending order before, as a row, it goes on with the columns after it.
//   bodies after the range    as those before
function compute({ positions, masses, softeningSquared, start, count, out: given }: Bodies): Float64Array {
  const out = given ?? allocate('nbodyAccelerations', '3 x bodyCount', Float64Array, 3 * count);
  const end = start + count;
  out.fill(0);
  if (count === 0) return out;
  const addOneSided = (from: number, to: number): void => {
    for (let block = from; block < to; block += COLUMNS) {
      const columns = loadColumns(positions, masses, block, Math.min(block + COLUMNS, to));
      for (let i = start; i < end; i++) {
        takeRow(out, i - start);
        addColumns(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!, columns, softeningSquared);
        putRow(out, i - start);
      }
    }
  };
  addOneSided(0, start);
  for (let block = start; block < end; block += COLUMNS) {
    const columns = loadColumns(positions, masses, block, Math.min(block + COLUMNS, end));
    loadSums(out, block - start, columns);
    for (let i = start; i < block; i++) {
      takeRow(out, i - start);
      addPairs(
        positions[3 * i]!,
        positions[3 * i + 1]!,
        positions[3 * i + 2]!,
        masses[i]!,
        0,
        columns,
        softeningSquared,
      );
      putRow(out, i - start);
    }
    for (let i = 0; i < columns; i++) {
      rowSum[0] = axs[i]!;
      rowSum[1] = ays[i]!;
      rowSum[2] = azs[i]!;
      addPairs(xs[i]!, ys[i]!, zs[i]!, ms[i]!, i + 1, columns, softeningSquared);
      axs[i] = rowSum[0]!;
      ays[i] = rowSum[1]!;
      azs[i] = rowSum[2]!;
    }
    storeSums(out, block - start, columns);
  }
  addOneSided(end, masses.length);
  return out;
}

function loadColumns(positions: Float64Array, masses: Float64Array, from: number, to: number): number {
  for (let j = 0; j < to - from; j++) {
    xs[j] = positions[3 * (from + j)]!;
    ys[j] = positions[3 * (from + j) + 1]!;
    zs[j] = positions[3 * (from + j) + 2]!;
    ms[j] = masses[from + j]!;
  }
  return to - from;
}

function loadSums(out: Float64Array, from: number, columns: number): void {
  for (let j = 0; j < columns; j++) {
    axs[j] = out[3 * (from + j)]!;
    ays[j] = out[3 * (from + j) + 1]!;
    azs[j] = out[3 * (from + j) + 2]!;
  }
}

function storeSums(out: Float64Array, from: number, columns: number): void {
  for (let j = 0; j < columns; j++) {
    out[3 * (from + j)] = axs[j]!;
    out[3 * (from + j) + 1] = ays[j]!;
    out[3 * (from + j) + 2] = azs[j]!;
  }
}

function takeRow(out: Float64Array, row: number): void {
  rowSum[0] = out[3 * row]!;
  rowSum[1] = out[3 * row + 1]!;
  rowSum[2] = out[3 * row + 2]!;
}

function putRow(out: Float64Array, row: number): void {
  out[3 * row] = rowSum[0]!;
  out[3 * row + 1] = rowSum[1]!;
  out[3 * row + 2] = rowSum[2]!;
}

/** Adds the terms of the first `columns` columns to the row. */
function addColumns(x: number, y: number, z: number, columns: number, softeningSquared: number): void {
  let ax = rowSum[0]!;
  let ay = rowSum[1]!;
  let az = rowSum[2]!;
  for (let j = 0; j < columns; j++) {
    const dx = xs[j]! - x;
    const dy = ys[j]! - y;
    const dz = zs[j]! - z;
    const d2 = dx * dx + dy * dy + dz * dz + softeningSquared;
    const inverse = 1 / (d2 * Math.sqrt(d2));
    const s = ms[j]! * inverse;
    ax += dx * s;
    ay += dy * s;
    az += dz * s;
  }
  rowSum[0] = ax;
  rowSum[1] = ay;
  rowSum[2] = az;
}

/** Adds the terms of columns from..columns-1 to the row, and the row's to theirs. */
function addPairs(
  x: number,
  y: number,
  z: number,
  mass: number,
  from: number,
  columns: number,
  softeningSquared: number,
): void {
  let ax = rowSum[0]!;
  let ay = rowSum[1]!;
  let az = rowSum[2]!;
  for (let j = from; j < columns; j++) {
    const dx = xs[j]! - x;
    const dy = ys[j]! - y;
    const dz = zs[j]! - z;
    const d2 = dx * dx + dy * dy + dz * dz + softeningSquared;
    const inverse = 1 / (d2 * Math.sqrt(d2));
    const s = ms[j]! * inverse;
    const t = mass * inverse;
    ax += dx * s;
    ay += dy * s;
    az += dz * s;
    axs[j]! -= dx * t;
    ays[j]! -= dy * t;
    azs[j]! -= dz * t;
  }
  rowSum[0] = ax;
  rowSum[1] = ay;
  rowSum[2] = az;
}
