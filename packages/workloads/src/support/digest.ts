import { createHash } from 'node:crypto';

/** First 16 hex digits of SHA-256 over the bytes of each part in order (texts as UTF-8). */
export function digestOf(...parts: readonly (ArrayBufferView | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    if (typeof part === 'string') hash.update(part);
    else hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
