// Normal numbers by the transform of Box and Muller ("A note on the generation of random normal deviates", 1958): a
// radius sqrt(-2 log u) along a random angle gives a pair, of which one goes LANES places behind the other. A pair takes
// three words of its lane whatever they are.
//
// log, sin and cos are evaluated here, by the reductions and polynomials of fdlibm (Sun Microsystems, 1993: e_log.c, k_sin.c,
// k_cos.c) but without its branches, and in the order of the native package: Math.log and its like differ from one version of V8 to
// another, and from C's.
import {
  checkFinite,
  checkOptions,
  wrongRange,
  type FloatArray,
  type KernelOptions,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { checkRandom, fillBlocks, RANDOM_BLOCK, type RandomParameters, type RandomRun } from './random-fill.ts';
import { LANES, states, type Stream } from './random-lanes.ts';

/** Which random numbers, and how they are distributed. */
export interface RandomNormalParameters extends RandomParameters {
  /** Mean, finite. Default 0. */
  mean?: number;
  /** Standard deviation, finite and not negative. Default 1. */
  deviation?: number;
}

const STREAM: Stream = { first: 0xa54f_f53a, second: 0x510e_527f };

interface NormalRun extends RandomRun {
  mean: number;
  deviation: number;
}

/**
 * Fills `out` with pseudo-random numbers of the normal distribution. A Float32Array gets what a Float64Array gets,
 * rounded. The largest distance from the mean is about 8.6 deviations. The same seed gives the same numbers on every
 * machine; a part of an array that begins at a multiple of 4,096 elements is filled alike by its own `blockStart`. Not
 * for cryptography.
 * Returns `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n) time, no allocation per element.
 */
export function randomNormalSync<T extends FloatArray>(out: T, options: SyncKernelOptions & RandomNormalParameters): T {
  const run = check(out, options);
  checkOptions('randomNormal', options);
  return compute(out, run);
}

/** {@link randomNormalSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function randomNormal<T extends FloatArray>(
  out: T,
  options: KernelOptions & RandomNormalParameters,
): Promise<T> {
  const run = check(out, options);
  return compute(beginAsync('randomNormal', { out }, options).out, run);
}

function check(out: FloatArray, options: RandomNormalParameters): NormalRun {
  const kernel = 'randomNormal';
  const run = checkRandom(kernel, out, options);
  const mean = checkFinite(kernel, 'mean', options.mean ?? 0);
  const deviation = checkFinite(kernel, 'deviation', options.deviation ?? 1);
  if (deviation < 0) throw wrongRange(kernel, 'deviation', 'not be negative', String(deviation));
  return { ...run, mean, deviation };
}

function compute<T extends FloatArray>(out: T, run: NormalRun): T {
  const { mean, deviation } = run;
  return fillBlocks(out, STREAM, run, numbers, (count) => {
    for (let lane = 0; lane < LANES; lane++) drawLane(lane, count, mean, deviation);
  });
}

// The numbers of the current block. Kernels never run in each other's middle.
const numbers = new Float64Array(RANDOM_BLOCK);

/**
 * Draws the next `count` numbers of mean 0 and deviation 1 from the lanes as they stand, into the array that it returns. At most
 * RANDOM_BLOCK, and a multiple of 32, so that all lanes stay in step.
 */
export function drawNormals(count: number): Float64Array {
  for (let lane = 0; lane < LANES; lane++) drawLane(lane, count, 0, 1);
  return numbers;
}

/** Powers 2^-e. */
const SCALES = Float64Array.from({ length: 54 }, (_, e) => 2 ** -e);

/** A double and its halves: the higher one is the second where bytes go from low to high. */
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

function drawLane(lane: number, count: number, mean: number, deviation: number): void {
  let s0 = states[lane]!;
  let s1 = states[LANES + lane]!;
  let s2 = states[2 * LANES + lane]!;
  let s3 = states[3 * LANES + lane]!;
  const step = LANES;
  for (let i = lane; i < count; i += 2 * step) {
    let sum = (s0 + s3) | 0;
    const a = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    let t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);

    sum = (s0 + s3) | 0;
    const b = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);

    sum = (s0 + s3) | 0;
    const c = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);

    // u = n / 2^53 in (0, 1], from 27 and 26 bits; n = 2^e * (1 + f) with 1 + f between the roots of 1/2 and of 2.
    const n = (a >>> 5) * 2 ** 26 + (b >>> 6) + 1;
    double[0] = n;
    const e = ((halves[HIGH]! + 0x9_5f64) >> 20) - 1023;
    const f = n * SCALES[e]! - 1;
    const s = f / (2 + f);
    let z = s * s;
    const w = z * z;
    const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
    const odd =
      z *
      (6.66666666666673513e-1 +
        w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
    const halfSquare = 0.5 * f * f;
    const k = e - 53;
    const low = s * (halfSquare + (odd + even)) + k * 1.90821492927058770002e-10;
    const log = k * 6.9314718036912381649e-1 - (halfSquare - low - f);
    // The next bit below the top one of c turns the pair by half a circle.
    const radius = Math.sqrt(-2 * log) * (1 - ((c >>> 29) & 2));

    // An angle from -pi/4 to pi/4, from 30 and 6 bits.
    const x = (((c & 0x3fff_ffff) * 64 + (b & 63) + 0.5) * 2 ** -36 - 0.5) * 1.5707963267948966;
    z = x * x;
    const sine =
      x +
      z *
        x *
        (-1.66666666666666324348e-1 +
          z *
            (8.33333333332248946124e-3 +
              z *
                (-1.98412698298579493134e-4 +
                  z *
                    (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)))));
    const cosine =
      1 -
      (0.5 * z -
        z *
          (z *
            (4.16666666666666019037e-2 +
              z *
                (-1.38888888888741095749e-3 +
                  z *
                    (2.48015872894767294178e-5 +
                      z *
                        (-2.75573143513906633035e-7 +
                          z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))))));
    // The top bit of c mirrors the pair at the diagonal: x and y change places.
    const mirror = (c >>> 31) * step;
    numbers[i + mirror] = radius * cosine * deviation + mean;
    numbers[i + step - mirror] = radius * sine * deviation + mean;
  }
  states[lane] = s0;
  states[LANES + lane] = s1;
  states[2 * LANES + lane] = s2;
  states[3 * LANES + lane] = s3;
}
