// The two sides of a channel, for those who send values as they are.
import type { ChannelWork } from '../case-table.ts';
import { COUNT, SUM } from '../rigs/rig.ts';

export function sending({ rounds, bytes }: ChannelWork, send: (value: unknown) => void): () => void {
  const block = new Uint8Array(bytes);
  return () => {
    for (let round = 0; round < rounds; round++) {
      if (bytes > 0) block[bytes - 1] = round % 128;
      send(bytes === 0 ? round : block);
    }
  };
}

export function receiving({ rounds, bytes }: ChannelWork, words: Int32Array, receive: () => unknown): () => void {
  return () => {
    for (let round = 0; round < rounds; round++) {
      const value = receive();
      words[SUM]! += bytes === 0 ? (value as number) : (value as Uint8Array)[bytes - 1]!;
      words[COUNT]!++;
    }
  };
}
