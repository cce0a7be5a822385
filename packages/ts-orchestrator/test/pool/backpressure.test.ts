import { describe, expect, it } from 'vitest';
import { openFakePool, turn, type FakeLink, type FakePool } from '../fake-pool.ts';

/** A source of ten million items that counts what is taken of it, and whether it was closed. */
function counted() {
  const seen = { pulled: 0, isClosed: false };
  function* source() {
    try {
      for (let n = 0; n < 10_000_000; n++) {
        seen.pulled++;
        yield n;
      }
    } finally {
      seen.isClosed = true;
    }
  }
  return { seen, source: source() };
}

/** Workers answer whatever they get at once. */
async function answerAll(fake: FakePool, isSlow: (link: FakeLink) => boolean = () => false): Promise<void> {
  await turn();
  for (const link of fake.links) if (link.sent.length === 0) link.becomeReady();
  for (let left = true; left;) {
    left = false;
    for (const link of fake.links) {
      if (isSlow(link) || fake.pool.stats().workers.live.find(({ id }) => id === link.order.workerId)?.state !== 'busy')
        continue;
      link.reply('done');
      left = true;
    }
  }
  await turn();
}

describe('a map over ten million items', () => {
  it.each([{ ordered: true }, { ordered: false }])(
    'pulls what its window holds while nobody reads on: %j',
    async (options) => {
      const fake = await openFakePool({ workers: 2 });
      const { seen, source } = counted();
      const items = fake.pool.map('f', source, options);
      expect(seen.pulled).toBe(0);
      for (let read = 1; read <= 5; read++) {
        const next = items.next();
        await answerAll(fake);
        expect((await next).done).toBe(false);
        // The consumer sleeps; whatever the workers do now, nothing more is pulled.
        await answerAll(fake);
        expect(seen.pulled).toBeLessThanOrEqual(read + 3);
        expect(fake.pool.stats().tasks).toMatchObject({ queued: 0, running: 0 });
      }
      await items.return();
      expect(seen.isClosed).toBe(true);
    },
  );

  it('holds back what overtakes a slow item, in order', async () => {
    const fake = await openFakePool({ workers: 2 });
    const { seen, source } = counted();
    const items = fake.pool.map('f', source);
    const first = items.next();
    await turn();
    fake.links[1]!.becomeReady();
    // The first item hangs, the other worker answers as fast as it can.
    for (let n = 0; n < 100; n++) await answerAll(fake, (link) => link === fake.links[0]);
    expect(seen.pulled).toBe(4);
    fake.links[0]!.reply('at last');
    expect((await first).value).toEqual({ index: 0, value: 'at last' });
    const leaving = items.return();
    await answerAll(fake);
    await leaving;
    expect(seen.pulled).toBeLessThanOrEqual(5);
  });

  it('cancels what runs when it is left, waits until that has stopped, and asks for nothing more', async () => {
    const fake = await openFakePool({ workers: 2 });
    const { seen, source } = counted();
    const items = fake.pool.map('f', source);
    const first = items.next();
    await turn();
    fake.links[1]!.becomeReady();
    fake.links[0]!.reply('one');
    await first;
    let isLeft = false;
    const leaving = items.return().finally(() => {
      isLeft = true;
    });
    await turn();
    const running = fake.links.filter((link) => link.sent.at(-1)!.t === 'cancel');
    expect(running).toHaveLength(2);
    expect(fake.pool.stats().tasks.queued).toBe(0);
    expect(isLeft).toBe(false);
    for (const link of running) link.reply('too late');
    await leaving;
    expect(seen).toEqual({ pulled: 4, isClosed: true });
    expect(fake.pool.stats().tasks).toMatchObject({ running: 0, succeeded: 1 });
  });
});
