// The definitions of the random numbers, one generator and one number at a time, in whole-number arithmetic that can't
// overflow. The logarithm, sine and cosine of the normal numbers are written as their source has them.
const u32 = (z: bigint): bigint => BigInt.asUintN(32, z);
const rotate = (z: bigint, by: bigint): bigint => u32((z << by) | (z >> (32n - by)));
const PHI = 0x9e3779b9n;

function mix(z: bigint): bigint {
  z ^= z >> 16n;
  z = u32(z * 0x85ebca6bn);
  z ^= z >> 13n;
  z = u32(z * 0xc2b2ae35n);
  return z ^ (z >> 16n);
}

/** The words of one lane of a block. */
function wordsOf(constants: readonly [bigint, bigint], seed: number, block: number, lane: number): () => number {
  const chain = (constant: bigint): bigint => {
    let h = mix(u32(BigInt(seed) + constant));
    h = mix(h ^ u32(BigInt(block)));
    h = mix(u32(h + PHI) ^ (BigInt(block) >> 32n));
    return mix(u32(h + BigInt(lane) * PHI + 0x7f4a7c15n));
  };
  const [a, b] = [chain(constants[0]), chain(constants[1])];
  let [s0, s1, s2, s3] = [mix(u32(a + PHI)), mix(u32(a + 2n * PHI)), mix(u32(b + PHI)), mix(u32(b + 2n * PHI))];
  return () => {
    const word = u32(rotate(u32(s0 + s3), 7n) + s0);
    const t = u32(s1 << 9n);
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotate(s3, 11n);
    return Number(word);
  };
}

const LANES = 16;
const BLOCK = 4096;

/** The first `count` numbers of a block: `draw` gives those that the next step of a lane makes, LANES places apart. */
function numbersOfBlock(
  constants: readonly [bigint, bigint],
  seed: number,
  block: number,
  count: number,
  draw: (word: () => number) => number[],
): number[] {
  const numbers: number[] = [];
  for (let lane = 0; lane < LANES; lane++) {
    const word = wordsOf(constants, seed, block, lane);
    for (let place = lane; place < count;) {
      for (const number of draw(word)) {
        numbers[place] = number;
        place += LANES;
      }
    }
  }
  return numbers.slice(0, count);
}

function numbersOf(
  constants: readonly [bigint, bigint],
  seed: number,
  blockStart: number,
  length: number,
  draw: (word: () => number) => number[],
): number[] {
  const numbers: number[] = [];
  for (let block = blockStart; numbers.length < length; block++) {
    numbers.push(...numbersOfBlock(constants, seed, block, Math.min(BLOCK, length - numbers.length), draw));
  }
  return numbers;
}

export function uniformDoubles(length: number, seed: number, blockStart: number): Float64Array {
  const draw = (word: () => number): number[] => {
    const high = BigInt(word()) >> 5n;
    const low = BigInt(word()) >> 6n;
    return [Number((high << 26n) | low) / 2 ** 53];
  };
  const constants = [0xbb67ae85n, 0x3c6ef372n] as const;
  return Float64Array.from(numbersOf(constants, seed, blockStart, length, draw));
}

export function uniformFloats(length: number, seed: number, blockStart: number): Float32Array {
  const draw = (word: () => number): number[] => [Math.floor(word() / 2 ** 8) / 2 ** 24];
  const constants = [0xbb67ae85n, 0x3c6ef372n] as const;
  return Float32Array.from(numbersOf(constants, seed, blockStart, length, draw));
}

/** What a pair is made of: a word for each of them, before any rounding. */
interface Pair {
  u: number;
  angle: number;
  isMirrored: boolean;
  isTurned: boolean;
}

function pairOf(word: () => number): Pair {
  const [a, b, c] = [word(), word(), word()].map(BigInt) as [bigint, bigint, bigint];
  const n = ((a >> 5n) << 26n) + (b >> 6n) + 1n;
  // Halves of 2^-36, from the middle.
  const place = (((c & 0x3fff_ffffn) << 6n) | (b & 63n)) * 2n + 1n - (1n << 36n);
  return {
    u: Number(n) / 2 ** 53,
    angle: (Number(place) / 2 ** 37) * (Math.PI / 2),
    isMirrored: c >> 31n === 1n,
    isTurned: ((c >> 30n) & 1n) === 1n,
  };
}

type Functions = Record<'log' | 'sin' | 'cos', (x: number) => number>;

function pairBy({ log, sin, cos }: Functions): (word: () => number) => number[] {
  return (word) => {
    const { u, angle, isMirrored, isTurned } = pairOf(word);
    const radius = Math.sqrt(-2 * log(u)) * (isTurned ? -1 : 1);
    const [x, y] = [radius * cos(angle), radius * sin(angle)];
    return isMirrored ? [y, x] : [x, y];
  };
}

/** e_log.c of fdlibm: its main path. */
function log(x: number): number {
  let k = Math.floor(Math.log2(x));
  let reduced = x / 2 ** k;
  // What the highest bits of the fraction say: 1 + f is below the root of 2, or goes to the next power.
  if (Math.floor((reduced - 1) * 2 ** 20) >= 0x10_0000 - 0x9_5f64) {
    reduced /= 2;
    k++;
  }
  const f = reduced - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const t2 = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const r = t2 + t1;
  const hfsq = 0.5 * f * f;
  return k * 0.6931471803691238 - (hfsq - (s * (hfsq + r) + k * 1.9082149292705877e-10) - f);
}

/** k_sin.c of fdlibm. */
function sin(x: number): number {
  const coefficients = [1.58969099521155e-10, -2.5050760253406863e-8, 2.7557313707070068e-6, -0.0001984126982985795];
  const z = x * x;
  const r = 0.00833333333332249 + z * coefficients.reduce((sum, coefficient) => coefficient + z * sum);
  return x + z * x * (-0.16666666666666632 + z * r);
}

/** k_cos.c of fdlibm for small angles. */
function cos(x: number): number {
  const coefficients = [
    -1.1359647557788195e-11, 2.087572321298175e-9, -2.7557314351390663e-7, 0.00002480158728947673,
    -0.001388888888887411, 0.0416666666666666,
  ];
  const z = x * x;
  const r = z * coefficients.reduce((sum, coefficient) => coefficient + z * sum);
  return 1 - (0.5 * z - z * r);
}

function normals(
  functions: Functions,
  constants: readonly [bigint, bigint],
  length: number,
  seed: number,
  blockStart: number,
  mean: number,
  deviation: number,
): Float64Array {
  const draw = pairBy(functions);
  const plain = numbersOf(constants, seed, blockStart, length, draw);
  return Float64Array.from(plain, (value) => value * deviation + mean);
}

const NORMAL = [0xa54ff53an, 0x510e527fn] as const;

/** The first `length` numbers of one block of another stream, which goes on as long as it is asked. */
export function normalsOfStream(
  constants: readonly [bigint, bigint],
  length: number,
  seed: number,
  block: number,
): number[] {
  return numbersOfBlock(constants, seed, block, length, pairBy({ log, sin, cos }));
}

/** The definition. */
export function normalDoubles(
  length: number,
  seed: number,
  blockStart: number,
  mean: number,
  deviation: number,
): Float64Array {
  return normals({ log, sin, cos }, NORMAL, length, seed, blockStart, mean, deviation);
}

/** With the language's own functions: equal up to rounding. */
export function nearlyNormalDoubles(length: number, seed: number): Float64Array {
  return normals(Math, NORMAL, length, seed, 0, 0, 1);
}
