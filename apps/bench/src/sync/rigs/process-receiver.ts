// The child of process-send.ts: counts and adds up what it receives, and tells after each round.
import { once } from 'node:events';
import { nowMs } from './rig.ts';

process.send!('ready');
const [{ rounds, bytes }] = (await once(process, 'message')) as [{ rounds: number; bytes: number }];
let [count, sum] = [0, 0];
process.on('message', (value: number | Uint8Array) => {
  sum = (sum + (bytes === 0 ? (value as number) : (value as Uint8Array)[bytes - 1]!)) | 0;
  if (++count < rounds) return;
  process.send!({ count, sum, endMs: nowMs() });
  [count, sum] = [0, 0];
});
