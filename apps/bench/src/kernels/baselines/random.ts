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
