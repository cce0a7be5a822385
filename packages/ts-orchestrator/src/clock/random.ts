/**
 * All chance comes from here: one interface and one seed, so that a run can be played again.
 */
export interface Random {
  /** Evenly from 0 up to, not including, 1. */
  next(): number;
}

/** The same numbers for the same seed, everywhere: sfc32 on 32-bit integers, warmed up. Not for secrets. */
export function seededRandom(seed: number): Random {
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Until the seed has reached every bit.
  for (let n = 0; n < 12; n++) next();
  return { next };
}

// Not from node:crypto: nothing here is a secret, and loading that is a tenth of what a start may take.
const randomSeed = (): number => Math.floor(Math.random() * 2 ** 47);

/** Sixteen hexadecimal digits that nobody else has by accident. Not for secrets. */
export function randomName(): string {
  const digits = () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return digits() + digits();
}

/** Seeded by the variable HEDDLE_SEED, an integer, when it is set: then every run draws the same. Else by chance. */
export function systemRandom(environment: NodeJS.ProcessEnv = process.env): Random {
  const given = Number(environment.HEDDLE_SEED);
  return seededRandom(Number.isSafeInteger(given) && environment.HEDDLE_SEED !== '' ? given : randomSeed());
}
