// Random numbers from Math.random, as anyone would write them first.

export function plainUniform<T extends Float64Array | Float32Array>(out: T): T {
  for (let i = 0; i < out.length; i++) out[i] = Math.random();
  return out;
}

/** The polar method of Marsaglia: a point of the unit disc gives two numbers. */
export function plainNormal<T extends Float64Array | Float32Array>(out: T): T {
  for (let i = 0; i < out.length; i += 2) {
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * Math.random() - 1;
      y = 2 * Math.random() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    out[i] = x * factor;
    out[i + 1] = y * factor; // beyond the end it goes nowhere
  }
  return out;
}

interface Option {
  spot: number;
  strike: number;
  rate: number;
  volatility: number;
  years: number;
}

const normals = new Float64Array(4096);

/** The price of a European call: the mean of what `paths` values at the end pay. */
export function plainOptionPrice({ spot, strike, rate, volatility, years }: Option, paths: number): number {
  const drift = (rate - (volatility * volatility) / 2) * years;
  const spread = volatility * Math.sqrt(years);
  let total = 0;
  for (let first = 0; first < paths; first += normals.length) {
    const count = Math.min(normals.length, paths - first);
    plainNormal(normals);
    for (let i = 0; i < count; i++) {
      const gain = spot * Math.exp(drift + spread * normals[i]!) - strike;
      if (gain > 0) total += gain;
    }
  }
  return (Math.exp(-rate * years) * total) / paths;
}
