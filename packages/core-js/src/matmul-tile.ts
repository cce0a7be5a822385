// The inner part of `matmul`: C[2 x 3] = A[2 x depth] * B[depth x 3] from packed panels.
// V8 computes all products of a step before it adds them, so a tile larger than 2 x 3 spills its sums to the stack and
// each step waits for them (4.9 GFLOP/s for 2 x 4). One panel array per row and column, all bound to the module, share
// one index and need one bounds check (10 GFLOP/s for 2 x 3 against 6 for panels in one array).

/** Rows and columns of a tile. */
export const TILE_ROWS = 2;
export const TILE_COLUMNS = 3;
/** Steps of the inner dimension per packed panel. */
export const DEPTH = 256;
/** Columns of B that are packed together: 32 tiles, 192 KiB, which the second-level cache holds. */
export const PACKED_COLUMNS = 96;

const rowA = new Float64Array(DEPTH);
const rowB = new Float64Array(DEPTH);
const columnA = new Float64Array((DEPTH * PACKED_COLUMNS) / TILE_COLUMNS);
const columnB = new Float64Array((DEPTH * PACKED_COLUMNS) / TILE_COLUMNS);
const columnC = new Float64Array((DEPTH * PACKED_COLUMNS) / TILE_COLUMNS);

/** A's rows of the current tile. */
export const rowPanels: readonly Float64Array[] = [rowA, rowB];
/** B's packed columns: column j is in panel j mod 3 from (j div 3) * DEPTH on. */
export const columnPanels: readonly Float64Array[] = [columnA, columnB, columnC];
/** The tile that multiplyTile leaves, row by row. */
export const tile = new Float64Array(TILE_ROWS * TILE_COLUMNS);

/** Multiplies the row panels by the columns that start at `start` in their panels. */
export function multiplyTile(start: number, depth: number): void {
  let aa = 0;
  let ab = 0;
  let ac = 0;
  let ba = 0;
  let bb = 0;
  let bc = 0;
  for (let k = 0; k < depth; k++) {
    const a = columnA[start + k]!;
    const b = columnB[start + k]!;
    const c = columnC[start + k]!;
    const first = rowA[k]!;
    const second = rowB[k]!;
    aa += first * a;
    ab += first * b;
    ac += first * c;
    ba += second * a;
    bb += second * b;
    bc += second * c;
  }
  tile[0] = aa;
  tile[1] = ab;
  tile[2] = ac;
  tile[3] = ba;
  tile[4] = bb;
  tile[5] = bc;
}
