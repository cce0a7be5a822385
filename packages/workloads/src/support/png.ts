/** Pictures made of results. The encoder is loaded only when one is drawn. */
import { readFile, rename, writeFile } from 'node:fs/promises';

export interface Picture {
  width: number;
  height: number;
  /** Red, green, blue of each pixel, row by row. */
  data: Uint8Array;
}

/**
 * Writes the PNG at `path` unless it shows the result of that digest already, which a note beside it tells: equal results
 * are drawn once. Safe against a reader at the same time.
 */
export async function drawOnce(path: string, digest: string, draw: () => Promise<Picture>): Promise<void> {
  const note = `${path}.digest`;
  if ((await readFile(note, 'utf8').catch(() => '')) === digest) return;
  const { encode } = await import('fast-png');
  const png = encode({ ...(await draw()), channels: 3, depth: 8 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, png);
  await rename(draft, path);
  await writeFile(note, digest);
}
