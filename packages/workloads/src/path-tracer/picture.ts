/** Draws light as colours of a screen: what is too bright turns white, and the square root stands for the screen's curve. */
import type { Picture } from '../support/png.ts';
import type { Frame } from './input.ts';

export function draw(light: Float32Array, { width, height }: Frame): Picture {
  return { width, height, data: Uint8Array.from(light, (value) => Math.min(255, 256 * Math.sqrt(value))) };
}
