// A channel of processes: what it has in common with one of threads is tested there.
import { describe, expect, it } from 'vitest';
import { Channel, coded } from '../support.ts';
import { across, exits, hears, isMissing, kill, reportMissing, shareWords, startProcess } from './support.ts';

const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);
const ROUNDS = 200;

reportMissing();

describe.skipIf(isMissing)('a channel of processes', () => {
  it.each([true, false])('hands values over in their order (blocking: %s)', async (blocks) => {
    const channel = Channel.create<{ value: number; text: string; bytes: Uint8Array }>({ capacity: 3, ...across });
    const child = startProcess({ channel: channel.handle }, { job: 'send', rounds: ROUNDS, blocks });
    for (let value = 0; value < ROUNDS; value++)
      expect(await channel.receive()).toEqual({ value, text: `number ${value}`, bytes: new Uint8Array([value]) });
    await exits(child);
    const receiver = startProcess({ channel: channel.handle }, { job: 'receive', blocks });
    await hears(receiver);
    const said = hears(receiver);
    await channel.send({ value: 7, text: 'seven', bytes: new Uint8Array() });
    expect(await said).toMatchObject({ value: 7, text: 'seven' });
    await exits(receiver);
  });

  it('keeps the values of a sender that was killed', async () => {
    const channel = Channel.create<{ value: number }>({ capacity: 4, ...across });
    const child = startProcess({ channel: channel.handle }, { job: 'send', rounds: 2, blocks: true, dies: true });
    await hears(child);
    await kill(child);
    expect([(await channel.receive()).value, (await channel.receive()).value]).toEqual([0, 1]);
  });

  it(
    `gives whole values only, and hangs nobody, when ${KILLS} are killed at random`,
    { timeout: 3_600_000 },
    async () => {
      const channel = Channel.create({ capacity: 2, ...across });
      const { words, plain } = shareWords(8);
      const begin = (which: number) =>
        startProcess({ channel: channel.handle, plain }, { job: 'churn values', sends: which < 2 });
      const children = [begin(0), begin(1), begin(2), begin(3)];
      await Promise.all(children.map(hears));
      for (let round = 0; round < KILLS; round++) {
        const which = round % children.length;
        const goal = Atomics.load(words, 2) + Math.floor(Math.random() * 100);
        while (Atomics.load(words, 2) < goal) await new Promise(setImmediate);
        await kill(children[which]!);
        children[which] = begin(which);
        await hears(children[which]);
      }
      const goal = Atomics.load(words, 2) + 100;
      while (Atomics.load(words, 2) < goal) await new Promise(setImmediate);
      expect(words[1]).toBe(0);
    },
  );

  it('refuses what it does not know, and memory of another kind', () => {
    expect(() => Channel.create({ across: 'machines' } as never)).toThrow(coded('SYNC_ARGUMENT') as Error);
    const memory = new Int32Array(new SharedArrayBuffer(Channel.words() * 4));
    expect(() => Channel.create(across, memory)).toThrow(coded('SYNC_ARGUMENT') as Error);
  });
});
