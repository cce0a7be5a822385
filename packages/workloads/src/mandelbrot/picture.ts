/**
 * Draws iteration counts: colours continuous across the bands of equal count, each drawn pixel the average of 2 x 2.
 * A large result is drawn at half its side, which keeps the file small and the spirals calm.
 *
 * Counts are whole numbers, so wide bands would show as steps. A pixel's place inside its band, from the edge toward
 * lower counts (0) to the edge toward higher ones (1), is the fraction that makes the value continuous.
 */
import type { Frame } from '../support/escape-check.ts';
import type { Picture } from '../support/png.ts';

/** Night blue through cyan and cream to amber, wine and back: red, green, blue at even steps of the logarithm. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [4, 8, 40],
  [10, 40, 110],
  [24, 110, 180],
  [110, 200, 225],
  [245, 245, 235],
  [255, 205, 110],
  [225, 120, 40],
  [130, 40, 40],
  [50, 10, 50],
  [4, 8, 40],
];
const INSIDE = [2, 3, 12] as const;
/** Colours looked up instead of computed per pixel; finer than 8 bits can show. */
const PALETTE_SIZE = 4096;
/** Side in pixels above which a picture is drawn at half its side. A guess: about what a screen shows at once. */
const HALVE_ABOVE = 1600;

export function draw(counts: Uint16Array, { width, height, maxIter }: Frame): Picture {
  const values = continuous(counts, width, height, maxIter);
  const lowest = values.reduce((least, value) => Math.min(least, value), maxIter);
  const palette = makePalette();
  const logLowest = Math.log(lowest + 1);
  const scale = (PALETTE_SIZE - 1) / (Math.log(maxIter + 1) - logLowest || 1);
  const step = Math.min(width, height) > HALVE_ABOVE ? 2 : 1;
  const outWidth = Math.floor((width - 2) / step) + 1;
  const outHeight = Math.floor((height - 2) / step) + 1;
  const data = new Uint8Array(outWidth * outHeight * 3);
  for (let row = 0; row < outHeight; row++) {
    for (let column = 0; column < outWidth; column++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let corner = 0; corner < 4; corner++) {
        const at = (step * row + (corner >> 1)) * width + step * column + (corner & 1);
        const value = values[at]!;
        const entry = counts[at]! >= maxIter ? PALETTE_SIZE : Math.round((Math.log(value + 1) - logLowest) * scale);
        red += palette[3 * entry]!;
        green += palette[3 * entry + 1]!;
        blue += palette[3 * entry + 2]!;
      }
      data.set([red / 4, green / 4, blue / 4], 3 * (row * outWidth + column));
    }
  }
  return { width: outWidth, height: outHeight, data };
}

/** PALETTE_SIZE colours and one more for the inside of the set. */
function makePalette(): Float32Array {
  const palette = new Float32Array(3 * (PALETTE_SIZE + 1));
  for (let entry = 0; entry < PALETTE_SIZE; entry++) {
    const place = (entry / (PALETTE_SIZE - 1)) * (STOPS.length - 1);
    const stop = Math.min(Math.floor(place), STOPS.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const from = STOPS[stop]![channel]!;
      palette[3 * entry + channel] = from + (STOPS[stop + 1]![channel]! - from) * (place - stop);
    }
  }
  palette.set(INSIDE, 3 * PALETTE_SIZE);
  return palette;
}

function continuous(counts: Uint16Array, width: number, height: number, maxIter: number): Float32Array {
  const below = distanceInBand(counts, width, height, (own, other) => other < own);
  const above = distanceInBand(counts, width, height, (own, other) => other > own);
  const values = new Float32Array(counts.length);
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    // A band that ends at the picture's edge has no far side: such a pixel sits in the middle of what is unknown.
    const low = Math.min(below[at]!, width);
    const high = Math.min(above[at]!, width);
    values[at] = Math.min(count + low / (low + high), maxIter);
  }
  return values;
}

/**
 * Distance of each pixel to the nearest edge of its band where `crosses(own count, neighbour's count)`, measured inside the
 * band: two sweeps, each from the neighbours already done. Infinity if the band has no such edge.
 */
function distanceInBand(
  counts: Uint16Array,
  width: number,
  height: number,
  crosses: (own: number, other: number) => boolean,
): Float32Array {
  const distance = new Float32Array(counts.length).fill(Infinity);
  const sweep = (row: number, column: number, step: 1 | -1): void => {
    const at = row * width + column;
    const own = counts[at]!;
    let nearest = distance[at]!;
    // West, north-west, north, north-east on the way down; their opposites on the way up.
    for (let neighbour = 0; neighbour < 4; neighbour++) {
      const otherColumn = column + (neighbour === 3 ? step : neighbour === 2 ? 0 : -step);
      const otherRow = row - (neighbour === 0 ? 0 : step);
      if (otherColumn < 0 || otherColumn >= width || otherRow < 0 || otherRow >= height) continue;
      const other = otherRow * width + otherColumn;
      const length = neighbour === 1 || neighbour === 3 ? Math.SQRT2 : 1;
      if (counts[other] === own) nearest = Math.min(nearest, distance[other]! + length);
      else if (crosses(own, counts[other]!)) nearest = Math.min(nearest, length / 2);
    }
    distance[at] = nearest;
  };
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) sweep(row, column, 1);
  for (let row = height - 1; row >= 0; row--)
    for (let column = width - 1; column >= 0; column--) sweep(row, column, -1);
  return distance;
}
