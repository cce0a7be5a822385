// The channel that Node gives a process and its child: this process sends, the child receives.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { capacityFor, type ChannelWork } from '../case-table.ts';
import { COUNT, nowMs, SUM, type Rig } from './rig.ts';

const RECEIVER = fileURLToPath(new URL('./process-receiver.js', import.meta.url));

export async function processSendRig(work: ChannelWork, words: Int32Array): Promise<Rig> {
  const { rounds, bytes } = work;
  const child = fork(RECEIVER, [], { execArgv: [], serialization: 'advanced' });
  await once(child, 'message');
  child.send({ rounds, bytes });
  const block = new Uint8Array(bytes);
  /** As many as may wait are on their way at once. */
  const sendAll = () =>
    new Promise<void>((resolve, reject) => {
      let [next, done] = [0, 0];
      const send = () => {
        const round = next++;
        if (bytes > 0) block[bytes - 1] = round % 128;
        child.send(bytes === 0 ? round : block, (error) => {
          if (error) reject(error);
          else if (++done === rounds) resolve();
          else if (next < rounds) send();
        });
      };
      for (let free = Math.min(rounds, capacityFor(bytes)); free > 0; free--) send();
    });
  return {
    async round() {
      const told = once(child, 'message');
      const startMs = nowMs();
      await sendAll();
      const [{ count, sum, endMs }] = (await told) as [{ count: number; sum: number; endMs: number }];
      words[COUNT]! += count;
      words[SUM]! += sum;
      return [{ startMs, endMs }];
    },
    async close() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
