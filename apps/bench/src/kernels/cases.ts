// The kernels of @heddle/core-native against JavaScript. Data: uniformly random, the same in every contestant.
import { plainMeanVariance, plainSum } from './baselines/reductions.ts';
import {
  plainAccelerations,
  plainByteHistogram,
  plainHistogram,
  plainMatmul,
  plainPrefixFloat,
  plainPrefixInteger,
} from './baselines/loops.ts';
import type { BenchCase, CaseWork } from './case-table.ts';
import {
  ALL,
  bytesOf,
  bytesOfNumbers,
  constructorOf,
  differsByRounding,
  FLOATS,
  LENGTHS,
  NATIVE,
  QUICK_LENGTHS,
  readOnly,
  TYPES,
  type FloatArray,
  type NumberArray,
  type TypeName,
} from './case-parts.ts';
import { DISTANCE_CASES } from './distance-cases.ts';
import { FOURIER_CASES } from './fourier-cases.ts';
import { fillUniform, Stock, uniform } from './inputs.ts';
import { PICTURE_CASES } from './picture-cases.ts';
import { RANDOM_CASES } from './random-cases.ts';
import { SIMULATION_CASES } from './simulation-cases.ts';
import { VECTOR_CASES } from './vector-cases.ts';

function sortCase(type: TypeName, quickSizes: readonly number[]): BenchCase {
  return {
    id: `sort ${type}`,
    kernel: 'sort',
    type,
    about: 'Sorts random numbers ascending, in place; the copy that is sorted is made outside of the time.',
    sizes: LENGTHS,
    quickSizes,
    sizeLabel: 'elements',
    unit: 'ns/element',
    work: (size) => size,
    workTimed: 1_000_000,
    contestants: ALL,
    plainLabel: 'TypedArray.prototype.sort',
    inexact: [],
    make(size): CaseWork<NumberArray, NumberArray> {
      const stock = new Stock(constructorOf(type), size, size);
      const refill = (inputs: NumberArray[]): void => inputs.forEach((input, index) => input.set(stock.window(index)));
      return {
        inputs(count) {
          const arrays = Array.from({ length: count }, () => new TYPES[type](size));
          refill(arrays);
          return arrays;
        },
        refill,
        call: (core, threads) => (x) => core.sortSync(x, threads === undefined ? undefined : { threads }),
        plain: (x) => x.sort(),
        bytes: bytesOf,
      };
    },
  };
}

function sumCase(type: TypeName, quickSizes: readonly number[]): BenchCase {
  return {
    id: `sum ${type}`,
    kernel: 'sum',
    type,
    about: 'Adds random numbers as doubles.',
    sizes: LENGTHS,
    quickSizes,
    sizeLabel: 'elements',
    unit: 'GB/s',
    work: (size) => size * TYPES[type].BYTES_PER_ELEMENT,
    workTimed: 64_000_000,
    contestants: ALL,
    plainLabel: 'loop with eight partial sums',
    inexact: ['plain'],
    make(size): CaseWork<NumberArray, number> {
      const differs = differsByRounding(size, type in FLOATS ? size : 2 ** 32 * size);
      return {
        inputs: readOnly(constructorOf(type), size),
        call: (core, threads) => (x) => core.sumSync(x, threads === undefined ? undefined : { threads }),
        plain: plainSum,
        bytes: (output) => bytesOfNumbers(output),
        differs,
      };
    },
  };
}

const meanVarianceCase: BenchCase = {
  id: 'meanVariance f64',
  kernel: 'meanVariance',
  type: 'f64',
  about: 'Mean and variance of random numbers, in two passes.',
  sizes: LENGTHS,
  quickSizes: QUICK_LENGTHS,
  sizeLabel: 'elements',
  unit: 'GB/s',
  work: (size) => 2 * size * Float64Array.BYTES_PER_ELEMENT,
  workTimed: 64_000_000,
  contestants: ALL,
  plainLabel: 'loops with partial sums',
  inexact: ['plain'],
  make(size): CaseWork<Float64Array, { mean: number; variance: number }> {
    const differs = differsByRounding(size, 1);
    return {
      inputs: readOnly(Float64Array, size),
      call: (core, threads) => (x) => core.meanVarianceSync(x, threads === undefined ? undefined : { threads }),
      plain: plainMeanVariance,
      bytes: ({ mean, variance }) => bytesOfNumbers(mean, variance),
      differs: (output, reference) =>
        differs(output.mean, reference.mean) ?? differs(output.variance, reference.variance),
    };
  },
};

interface InAndOut<T> {
  x: T;
  out: T;
}

function prefixSumCase(type: TypeName, quickSizes: readonly number[]): BenchCase {
  const isFloat = type in FLOATS;
  return {
    id: `prefixSum ${type}`,
    kernel: 'prefixSum',
    type,
    about: 'Running totals of random numbers, from one array into another.',
    sizes: LENGTHS,
    quickSizes,
    sizeLabel: 'elements',
    unit: 'ns/element',
    work: (size) => size,
    workTimed: 8_000_000,
    contestants: ALL,
    plainLabel: 'loop with a running total',
    inexact: isFloat ? ['plain'] : [],
    make(size): CaseWork<InAndOut<NumberArray>, NumberArray> {
      const inputs = readOnly(constructorOf(type), size);
      const epsilon = type === 'f32' ? 2 ** -23 : Number.EPSILON;
      return {
        inputs(count) {
          const out = new TYPES[type](size);
          return inputs(count).map((x) => ({ x, out }));
        },
        call:
          (core, threads) =>
          ({ x, out }) =>
            core.prefixSumSync(x, threads === undefined ? { out } : { out, threads }),
        plain: isFloat
          ? ({ x, out }) => plainPrefixFloat(x as FloatArray, out as FloatArray)
          : ({ x, out }) => plainPrefixInteger(x as Int32Array, out as Int32Array),
        bytes: bytesOf,
        differs(output, reference) {
          const bound = epsilon * size * size;
          const index = output.findIndex((value, i) => !(Math.abs(value - reference[i]!) <= bound));
          return index < 0 ? undefined : `element ${index}: ${output[index]} is not near ${reference[index]}`;
        },
      };
    },
  };
}

const byteHistogramCase: BenchCase = {
  id: 'histogram u8',
  kernel: 'histogram',
  type: 'u8',
  about: 'Counts random bytes by value.',
  sizes: LENGTHS,
  quickSizes: QUICK_LENGTHS,
  sizeLabel: 'bytes',
  unit: 'GB/s',
  work: (size) => size,
  workTimed: 8_000_000,
  contestants: ALL,
  plainLabel: 'loop with one table',
  inexact: [],
  make(size): CaseWork<Uint8Array, Uint32Array> {
    const out = new Uint32Array(256);
    return {
      inputs: readOnly(Uint8Array, size),
      call: (core, threads) => (x) => core.histogramSync(x, threads === undefined ? { out } : { out, threads }),
      plain: (x) => plainByteHistogram(x, out),
      bytes: bytesOf,
    };
  },
};

const HISTOGRAM_RANGE = { bins: 1_000, min: -0.5, max: 0.5 };

const histogramCase: BenchCase = {
  id: 'histogram f64',
  kernel: 'histogram',
  type: 'f64',
  about: 'Counts random numbers into 1,000 bins of equal width.',
  sizes: LENGTHS,
  quickSizes: QUICK_LENGTHS,
  sizeLabel: 'elements',
  unit: 'ns/element',
  work: (size) => size,
  workTimed: 4_000_000,
  contestants: ALL,
  plainLabel: 'loop with one table',
  inexact: [],
  make(size): CaseWork<Float64Array, Uint32Array> {
    const { bins, min, max } = HISTOGRAM_RANGE;
    const out = new Uint32Array(bins);
    return {
      inputs: readOnly(Float64Array, size),
      call: (core, threads) => (x) =>
        core.histogramSync(x, { ...HISTOGRAM_RANGE, out, ...(threads === undefined ? {} : { threads }) }),
      plain: (x) => plainHistogram(x, bins, min, max, out),
      bytes: bytesOf,
    };
  },
};

interface Matrices<T> {
  a: T;
  b: T;
  out: T;
}

/** Elements of a product that are compared with the reference. */
const SAMPLED_ELEMENTS = 200;

function matmulCase(type: 'f64' | 'f32', quickSizes: readonly number[]): BenchCase {
  const epsilon = type === 'f64' ? 2 ** -52 : 2 ** -23;
  return {
    id: `matmul ${type}`,
    kernel: 'matmul',
    type,
    about: 'Product of two square random matrices.',
    sizes: [8, 16, 32, 64, 128, 256, 512, 1024],
    quickSizes,
    sizeLabel: 'rows and columns',
    unit: 'GFLOP/s',
    work: (n) => 2 * n ** 3,
    workTimed: 80_000_000,
    contestants: ALL,
    plainLabel: 'three loops (row, inner, column)',
    inexact: ['plain', ...NATIVE],
    make(n): CaseWork<Matrices<FloatArray>, FloatArray> {
      const Type: new (length: number) => FloatArray = FLOATS[type];
      const [as, bs] = [new Stock(Type, n * n, n), new Stock(Type, n * n, n + 1)];
      return {
        inputs(count) {
          const out = new Type(n * n);
          return Array.from({ length: count }, (_, index) => ({ a: as.window(index), b: bs.window(index), out }));
        },
        call:
          (core, threads) =>
          ({ a, b, out }) =>
            core.matmulSync(a, b, { m: n, n, k: n, out, ...(threads === undefined ? {} : { threads }) }),
        plain: ({ a, b, out }) => plainMatmul(a, b, n, out),
        bytes: bytesOf,
        // Both differ from the exact product by at most 2 * n * epsilon * sum(|a| * |b|).
        differs(output, reference, { a, b }) {
          const next = uniform(n);
          for (let sample = 0; sample < SAMPLED_ELEMENTS; sample++) {
            const [row, column] = [Math.floor(next() * n), Math.floor(next() * n)];
            let size = 0;
            for (let k = 0; k < n; k++) size += Math.abs(a[row * n + k]! * b[k * n + column]!);
            const [value, expected] = [output[row * n + column]!, reference[row * n + column]!];
            if (Math.abs(value - expected) <= 4 * n * epsilon * size) continue;
            return `row ${row}, column ${column}: ${value} is not within the error bound of ${expected}`;
          }
          return undefined;
        },
      };
    },
  };
}

interface Bodies {
  positions: Float64Array;
  masses: Float64Array;
  out: Float64Array;
}

const SOFTENING = 0.01;
const FAST_BOUND = 1e-9;
/** Bodies that are compared with the reference. */
const SAMPLED_BODIES = 64;

function nbodyCase(precision: 'exact' | 'fast', quickSizes: readonly number[]): BenchCase {
  return {
    id: `nbodyAccelerations ${precision}`,
    kernel: 'nbodyAccelerations',
    type: precision,
    about: 'Accelerations of random bodies in a cube, all pairs.',
    sizes: [16, 64, 256, 1024, 4096],
    quickSizes,
    sizeLabel: 'bodies',
    unit: 'Gpair/s',
    work: (n) => n * n,
    workTimed: 8_000_000,
    contestants: ALL,
    plainLabel: 'two loops over all pairs',
    inexact: precision === 'fast' ? NATIVE : [],
    make(n): CaseWork<Bodies, Float64Array> {
      const positions = new Stock(Float64Array, 3 * n, n);
      const masses = fillUniform(new Float64Array(n), n + 1).map((mass) => mass + 0.5);
      return {
        inputs(count) {
          const out = new Float64Array(3 * n);
          return Array.from({ length: count }, (_, index) => ({ positions: positions.window(index), masses, out }));
        },
        call: (core, threads) => (bodies) =>
          core.nbodyAccelerationsSync(
            { ...bodies, softening: SOFTENING, precision },
            threads === undefined ? undefined : { threads },
          ),
        plain: ({ positions, masses, out }) => plainAccelerations(positions, masses, SOFTENING, out),
        bytes: bytesOf,
        differs(output, reference, bodies) {
          for (let body = 0; body < n; body += Math.ceil(n / SAMPLED_BODIES)) {
            const sizes = termSizes(bodies, body);
            for (const axis of [0, 1, 2] as const) {
              const [value, expected] = [output[3 * body + axis]!, reference[3 * body + axis]!];
              if (Math.abs(value - expected) <= FAST_BOUND * sizes[axis]) continue;
              return `body ${body}: ${value} is not within the error bound of ${expected}`;
            }
          }
          return undefined;
        },
      };
    },
  };
}

/** The sums of the sizes of a body's terms by axis, to which the error bound of 'fast' refers. */
function termSizes({ positions, masses }: Bodies, body: number): [number, number, number] {
  const sizes: [number, number, number] = [0, 0, 0];
  for (let j = 0; j < masses.length; j++) {
    const dx = positions[3 * j]! - positions[3 * body]!;
    const dy = positions[3 * j + 1]! - positions[3 * body + 1]!;
    const dz = positions[3 * j + 2]! - positions[3 * body + 2]!;
    const d2 = dx * dx + dy * dy + dz * dz + SOFTENING * SOFTENING;
    const s = masses[j]! / (d2 * Math.sqrt(d2));
    sizes[0] += Math.abs(dx * s);
    sizes[1] += Math.abs(dy * s);
    sizes[2] += Math.abs(dz * s);
  }
  return sizes;
}

export const KERNEL_CASES: readonly BenchCase[] = [
  sortCase('f64', QUICK_LENGTHS),
  sortCase('f32', []),
  sortCase('i32', QUICK_LENGTHS),
  sortCase('u32', []),
  sumCase('f64', QUICK_LENGTHS),
  sumCase('f32', []),
  sumCase('i32', []),
  meanVarianceCase,
  ...VECTOR_CASES,
  prefixSumCase('f64', QUICK_LENGTHS),
  prefixSumCase('f32', []),
  prefixSumCase('i32', QUICK_LENGTHS),
  byteHistogramCase,
  histogramCase,
  ...RANDOM_CASES,
  matmulCase('f64', [16, 64, 256]),
  matmulCase('f32', []),
  ...PICTURE_CASES,
  nbodyCase('exact', []),
  nbodyCase('fast', [16, 128, 1024]),
  ...SIMULATION_CASES,
  ...FOURIER_CASES,
  ...DISTANCE_CASES,
];
