// Circles of processes, and of threads and processes.
import { expect, it } from 'vitest';
import { checkCircle, circle, CIRCLE_SIZES, type Report } from '../deadlock/circles.ts';
import { ends, reports, start } from '../support.ts';
import { across, exits, hears, shareWords, startProcess } from './support.ts';

/** Which parties are threads of this program; the others are processes. */
const WHERE: Readonly<Record<string, (index: number) => boolean>> = {
  processes: () => false,
  'threads and processes': (index) => index % 2 === 0,
};

/** `kinds` of circles.ts. */
export function itFindsCircles(kinds: readonly string[]): void {
  const cases = Object.keys(WHERE).flatMap((where) =>
    CIRCLE_SIZES.flatMap((size) => kinds.map((kind) => [size, where, kind] as const)),
  );
  it.each(cases)('of %i %s, %s: one fails and names all, the others go on', async (size, where, kind) => {
    const { words, plain } = shareWords(8);
    const { things, plans } = circle(size, kind, across);
    const handles = Object.fromEntries(
      Object.entries(things).map(([name, thing]) => [name, { kind: thing.constructor.name, handle: thing.handle }]),
    );
    const isThread = WHERE[where]!;
    const parties = plans.map((steps, index) => {
      if (isThread(index)) {
        const worker = start({ steps, handles, plain }, { execArgv: [] }, 'deadlock.mjs');
        return { pid: process.pid, report: reports(worker), end: ends(worker) };
      }
      const child = startProcess({ handles, plain }, { steps }, [], 'deadlock.mjs');
      return { pid: child.pid!, report: hears(child), end: exits(child) };
    });
    const waits = checkCircle((await Promise.all(parties.map(({ report }) => report))) as Report[]);
    expect(waits.map((wait) => wait.process).toSorted()).toEqual(parties.map(({ pid }) => pid).toSorted());
    await Promise.all(parties.map(({ end }) => end));
    expect(words.at(-1)).toBe(size);
  });
}
