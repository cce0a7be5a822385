// A picture of spheres by random paths of light: many independent pixels with uneven cost, where what is done next depends on
// what was hit.
import {
  allocate,
  checkArray,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  wrongRange,
} from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, freshAt, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** The scene, the picture of it, and which rows to compute. */
export interface PathTraceParameters {
  /**
   * Nine elements per sphere, of at most 4,096: x, y, z of the centre; radius, negative for a surface that looks inward; kind
   * (0 matte, 1 metal, 2 glass, 3 light); red, green, blue (of a light what it sends out, else the part of the light that goes
   * on); of metal its roughness (0 for a mirror), of glass its index of refraction. Finite, the radius not 0.
   */
  spheres: Float64Array;
  /**
   * Camera and sky, 16 elements: x, y, z of where the camera is; of a point it looks at; of a direction that is up; the height
   * of the picture at distance 1, greater than 0; red, green, blue of the sky at the horizon and at the zenith.
   */
  view: Float64Array;
  /** Width of the whole picture in pixels, 0 to 32,768. */
  width: number;
  /** Height of the whole picture in pixels, 0 to 32,768. */
  height: number;
  /** Paths per pixel, 1 to 4,096. */
  samples: number;
  /** Seed of all pixels' random numbers, 0 to 2^32 - 1. */
  seed: number;
  /** First row to compute, 0 to height. Default 0. */
  rowStart?: number;
  /** Rows to compute, 0 to height - rowStart. Default: all from rowStart on. */
  rowCount?: number;
  /** Where the light goes, row by row: 3 * rowCount * width elements that share no byte with the others. Default: new. */
  out?: Float32Array;
}

const KERNEL = 'pathTrace';
const SIDE_MAX = 32_768;
const SAMPLES_MAX = 4096;
const SEED_MAX = 2 ** 32 - 1;
const SPHERE_FIELDS = 9;
const SPHERES_MAX = 4096;
const RADIUS = 3;
const KIND = 4;
const KINDS = 4;
const VIEW_LENGTH = 16;
const VIEW_HEIGHT = 9;

function checkFiniteElements(argument: string, array: Float64Array): void {
  const at = array.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw wrongRange(KERNEL, argument, 'have finite elements', `${array[at]} as element ${at}`);
}

function checkSpheres(spheres: Float64Array): void {
  checkArray(KERNEL, 'spheres', spheres, ['Float64Array']);
  const { length } = spheres;
  if (length % SPHERE_FIELDS !== 0)
    throw wrongRange(KERNEL, 'spheres', 'have nine elements per sphere', String(length));
  const count = length / SPHERE_FIELDS;
  if (count > SPHERES_MAX) throw wrongRange(KERNEL, 'spheres', `have at most ${SPHERES_MAX} spheres`, String(count));
  checkFiniteElements('spheres', spheres);
  for (let at = 0; at < length; at += SPHERE_FIELDS) {
    const kind = spheres[at + KIND]!;
    if (spheres[at + RADIUS] === 0)
      throw wrongRange(KERNEL, 'spheres', 'have no radius of 0', `0 as element ${at + RADIUS}`);
    if (Number.isInteger(kind) && kind >= 0 && kind < KINDS) continue;
    throw wrongRange(KERNEL, 'spheres', 'have kinds from 0 to 3', `${kind} as element ${at + KIND}`);
  }
}

function checkView(view: Float64Array): void {
  checkArray(KERNEL, 'view', view, ['Float64Array']);
  checkLength(KERNEL, 'view', view, VIEW_LENGTH, 'camera and sky');
  checkFiniteElements('view', view);
  const viewHeight = view[VIEW_HEIGHT]!;
  if (!(viewHeight > 0)) {
    throw wrongRange(KERNEL, 'view', 'have a height greater than 0', `${viewHeight} as element ${VIEW_HEIGHT}`);
  }
  const [x, y, z] = [0, 1, 2].map((axis) => view[3 + axis]! - view[axis]!) as [number, number, number];
  const [a, b, c] = [view[6]!, view[7]!, view[8]!];
  if (y * c === z * b && z * a === x * c && x * b === y * a) {
    throw wrongRange(
      KERNEL,
      'view',
      'look in a direction other than up and down',
      `${x}, ${y}, ${z} with ${a}, ${b}, ${c} up`,
    );
  }
}

/** All values of the call in the addon's order, `out` made if it wasn't given. */
function valuesOf(parameters: PathTraceParameters, given: Float32Array | undefined): KernelArguments['pathTrace'] {
  checkObject(KERNEL, 'parameters', parameters);
  const { spheres, view } = parameters;
  checkSpheres(spheres);
  checkView(view);
  const width = checkInteger(KERNEL, 'width', parameters.width, 0, SIDE_MAX);
  const height = checkInteger(KERNEL, 'height', parameters.height, 0, SIDE_MAX);
  const samples = checkInteger(KERNEL, 'samples', parameters.samples, 1, SAMPLES_MAX);
  const seed = checkInteger(KERNEL, 'seed', parameters.seed, 0, SEED_MAX);
  const rowStart = checkInteger(KERNEL, 'rowStart', parameters.rowStart ?? 0, 0, height);
  const rowCount = checkInteger(KERNEL, 'rowCount', parameters.rowCount ?? height - rowStart, 0, height - rowStart);
  if (given !== undefined) {
    checkArray(KERNEL, 'out', given, ['Float32Array']);
    checkLength(KERNEL, 'out', given, 3 * rowCount * width, '3 x rowCount x width');
    checkNoOverlap(KERNEL, 'out', given, 'spheres', spheres);
    checkNoOverlap(KERNEL, 'out', given, 'view', view);
  }
  const out = given ?? allocate(KERNEL, '3 x rowCount x width', Float32Array, 3 * rowCount * width);
  return [spheres, view, out, width, height, samples, seed, rowStart, rowCount];
}

/**
 * Light of the pixels of some rows, red, green and blue of each, from 0 (none) upward.
 *
 * The light of a pixel is the average of `samples` random paths (Kajiya, 1986); its standard error falls with their square
 * root. Paths end after 12 surfaces. Each pixel has a generator (xoshiro128++) of its own, seeded from (seed, pixel), and only
 * additions, products, quotients and square roots are used: the same bits for every thread count and instruction set, for
 * any split of the picture into rows, and in `@heddle/core-js`. The nearest sphere is
 * looked for by vectors, with a path of another pixel in each lane.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error
 * (`HEDDLE_MEMORY`), NativeUnavailableError, the signal's reason.
 * Cost: O(width * rowCount * samples * spheres) time; plain arrays that aren't moved are copied.
 */
export function pathTrace(parameters: PathTraceParameters, options?: KernelOptions): Promise<Float32Array> {
  return promised(() => {
    const out = parameters?.out;
    const values = valuesOf(parameters, out);
    return startAsync(KERNEL, options, values, (_, given) => given[2] as Float32Array, freshAt(2, out === undefined));
  });
}

/** {@link pathTrace} on the calling thread and the pool; returns when it is done. */
export function pathTraceSync(parameters: PathTraceParameters, options?: SyncKernelOptions): Float32Array {
  const values = valuesOf(parameters, parameters?.out);
  callSync(KERNEL, options, values);
  return values[2];
}
