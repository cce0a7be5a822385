// Product of two dense row-major matrices.
import {
  allocate,
  checkArray,
  checkFloatArray,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  checkOptions,
  isOf,
  typeNameOf,
  type ArrayTypeName,
  type FloatArray,
  type KernelOptions,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import {
  DEPTH,
  PACKED_COLUMNS,
  TILE_COLUMNS,
  TILE_ROWS,
  columnPanels,
  multiplyTile,
  rowPanels,
  tile,
} from './matmul-tile.ts';

/** Shapes of the product (a is m x k, b is k x n, the result m x n) and where it goes. */
export interface MatmulParameters<T extends FloatArray> {
  /** Rows of a and of the result, 0 to 2^31 - 1. */
  m: number;
  /** Columns of b and of the result, 0 to 2^31 - 1. */
  n: number;
  /** Columns of a and rows of b, 0 to 2^31 - 1. With 0 the result is all +0. */
  k: number;
  /** Where the result goes: m * n elements that share no byte with a or b. Default: a new array. */
  out?: T;
}

const DIMENSION_MAX = 2 ** 31 - 1;

/**
 * Row-major a (m x k) times b (k x n), both Float64Array or both Float32Array. Each element differs from the exact
 * product by at most 2 * k * epsilon * sum(|a| * |b|) along its row and column, epsilon being the type's; the order of
 * the additions isn't promised.
 * Returns `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: 2 * m * n * k flops, no allocation when `out` is given.
 */
export function matmulSync<T extends FloatArray>(a: T, b: T, options: SyncKernelOptions & MatmulParameters<T>): T {
  const { m, n, k, out } = check(a, b, options);
  checkOptions('matmul', options);
  return compute(a, b, m, n, k, out);
}

/** {@link matmulSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function matmul<T extends FloatArray>(
  a: T,
  b: T,
  options: KernelOptions & MatmulParameters<T>,
): Promise<T> {
  const { m, n, k, out } = check(a, b, options);
  const arrays = beginAsync('matmul', { a, b, out }, options);
  return compute(arrays.a, arrays.b, m, n, k, arrays.out);
}

interface Shape<T> {
  m: number;
  n: number;
  k: number;
  out: T | undefined;
}

function check<T extends FloatArray>(a: T, b: T, options: MatmulParameters<T>): Shape<T> {
  const kernel = 'matmul';
  checkFloatArray(kernel, 'a', a);
  const type = typeNameOf(a) as ArrayTypeName;
  checkArray(kernel, 'b', b, [type]);
  checkObject(kernel, 'options', options);
  const m = checkInteger(kernel, 'm', options.m, 0, DIMENSION_MAX);
  const n = checkInteger(kernel, 'n', options.n, 0, DIMENSION_MAX);
  const k = checkInteger(kernel, 'k', options.k, 0, DIMENSION_MAX);
  checkLength(kernel, 'a', a, m * k, 'm x k');
  checkLength(kernel, 'b', b, k * n, 'k x n');
  const { out } = options;
  if (out === undefined) return { m, n, k, out };
  checkArray(kernel, 'out', out, [type]);
  checkLength(kernel, 'out', out, m * n, 'm x n');
  checkNoOverlap(kernel, 'out', out, 'a', a);
  checkNoOverlap(kernel, 'out', out, 'b', b);
  return { m, n, k, out };
}

/** Rows from which packing B is repaid. */
const PACK_ROWS_MIN = 4;

function compute<T extends FloatArray>(a: T, b: T, m: number, n: number, k: number, given: T | undefined): T {
  const Type = (isOf(a, 'Float64Array') ? Float64Array : Float32Array) as unknown as new (length: number) => T;
  const out = given ?? allocate('matmul', 'm x n', Type, m * n);
  if (k === 0) out.fill(0);
  else if (m < PACK_ROWS_MIN) multiplyRows(a, b, out, m, n, k);
  else multiplyPacked(a, b, out, m, n, k);
  return out;
}

/** A few rows: adds multiples of b's rows, each element of b read once per row of a. */
function multiplyRows(a: FloatArray, b: FloatArray, out: FloatArray, m: number, n: number, k: number): void {
  for (let row = 0; row < m; row++) {
    const start = row * n;
    for (let inner = 0; inner < k; inner++) {
      const factor = a[row * k + inner]!;
      const bStart = inner * n;
      if (inner === 0) for (let column = 0; column < n; column++) out[start + column] = factor * b[column]!;
      else for (let column = 0; column < n; column++) out[start + column]! += factor * b[bStart + column]!;
    }
  }
}

// Blocks of B are packed so that a tile reads them in order; A's two rows are packed again for each block of B, which
// costs one hundredth of the products it serves. Panels are doubles for both types: V8 has no faster single-precision
// arithmetic, and the sums round less.
function multiplyPacked(a: FloatArray, b: FloatArray, out: FloatArray, m: number, n: number, k: number): void {
  for (let inner = 0; inner < k; inner += DEPTH) {
    const depth = Math.min(DEPTH, k - inner);
    for (let column = 0; column < n; column += PACKED_COLUMNS) {
      const columns = Math.min(PACKED_COLUMNS, n - column);
      packColumns(b, inner * n + column, n, columns, depth);
      for (let row = 0; row < m; row += TILE_ROWS) {
        const rows = Math.min(TILE_ROWS, m - row);
        packRows(a, row * k + inner, k, rows, depth);
        multiplyRowPair(out, row * n + column, n, rows, columns, depth, inner > 0);
      }
    }
  }
}

/** Panels beyond the last column keep old values, whose products are dropped. */
function packColumns(b: FloatArray, start: number, stride: number, columns: number, depth: number): void {
  for (let column = 0; column < columns; column++) {
    const panel = columnPanels[column % TILE_COLUMNS]!;
    const panelStart = Math.floor(column / TILE_COLUMNS) * DEPTH;
    let from = start + column;
    for (let step = 0; step < depth; step++) {
      panel[panelStart + step] = b[from]!;
      from += stride;
    }
  }
}

function packRows(a: FloatArray, start: number, stride: number, rows: number, depth: number): void {
  for (let row = 0; row < rows; row++) {
    const from = start + row * stride;
    rowPanels[row]!.set(a.subarray(from, from + depth));
  }
}

function multiplyRowPair(
  out: FloatArray,
  start: number,
  stride: number,
  rows: number,
  columns: number,
  depth: number,
  isAdded: boolean,
): void {
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    multiplyTile((column / TILE_COLUMNS) * DEPTH, depth);
    const width = Math.min(TILE_COLUMNS, columns - column);
    for (let row = 0; row < rows; row++) {
      const to = start + row * stride + column;
      for (let i = 0; i < width; i++) {
        const value = tile[row * TILE_COLUMNS + i]!;
        out[to + i] = isAdded ? out[to + i]! + value : value;
      }
    }
  }
}
