// The plain loops that anyone would write first. Where one is faster than the twin in @heddle/core-js, it is the
// baseline of the speed-ups.

export function plainPrefixFloat<T extends Float64Array | Float32Array>(x: T, out: T): T {
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    total += x[i]!;
    out[i] = total;
  }
  return out;
}

export function plainPrefixInteger<T extends Int32Array | Uint32Array>(x: T, out: T): T {
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    total = (total + x[i]!) | 0;
    out[i] = total;
  }
  return out;
}

export function plainByteHistogram(x: Uint8Array, out: Uint32Array): Uint32Array {
  out.fill(0);
  for (let i = 0; i < x.length; i++) out[x[i]!]!++;
  return out;
}

export function plainHistogram(x: Float64Array, bins: number, min: number, max: number, out: Uint32Array): Uint32Array {
  const scale = bins / (max - min);
  out.fill(0);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    if (value >= min && value <= max) out[Math.min(Math.floor((value - min) * scale), bins - 1)]!++;
  }
  return out;
}

/** Rows of b are added to a row of the result: everything is read in order. */
export function plainMatmul<T extends Float64Array | Float32Array>(a: T, b: T, n: number, out: T): T {
  out.fill(0);
  for (let row = 0; row < n; row++) {
    for (let inner = 0; inner < n; inner++) {
      const factor = a[row * n + inner]!;
      for (let column = 0; column < n; column++) out[row * n + column]! += factor * b[inner * n + column]!;
    }
  }
  return out;
}

export function plainAccelerations(
  positions: Float64Array,
  masses: Float64Array,
  softening: number,
  out: Float64Array,
): Float64Array {
  const n = masses.length;
  const softeningSquared = softening * softening;
  for (let i = 0; i < n; i++) {
    const x = positions[3 * i]!;
    const y = positions[3 * i + 1]!;
    const z = positions[3 * i + 2]!;
    let ax = 0;
    let ay = 0;
    let az = 0;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const dx = positions[3 * j]! - x;
      const dy = positions[3 * j + 1]! - y;
      const dz = positions[3 * j + 2]! - z;
      const d2 = dx * dx + dy * dy + dz * dz + softeningSquared;
      const s = masses[j]! * (1 / (d2 * Math.sqrt(d2)));
      ax += dx * s;
      ay += dy * s;
      az += dz * s;
    }
    out[3 * i] = ax;
    out[3 * i + 1] = ay;
    out[3 * i + 2] = az;
  }
  return out;
}
