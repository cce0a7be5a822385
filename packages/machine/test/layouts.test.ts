import { describe, expect, it } from 'vitest';
import { readMachine } from '../src/index.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { GIB, HOST, makeTree, MIB } from './tree.ts';

function found(files: Layout['files']) {
  const { cores, memory } = readMachine({ root: makeTree(files), host: HOST });
  return {
    cores: { allowed: cores.allowed, quota: cores.quota, source: cores.source },
    memory: { limitBytes: memory.limitBytes, source: memory.source },
    swapBytes: memory.swap?.limitBytes,
  };
}

const without = (files: Layout['files'], file: string) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => name !== file));

describe('container layouts', () => {
  it('have each a name of their own', () => {
    expect(new Set(LAYOUTS.map(({ name }) => name)).size).toBe(LAYOUTS.length);
    expect(LAYOUTS.length).toBeGreaterThanOrEqual(20);
  });

  it('are what containers come in: both versions, a quarter of a core to four, 256 MiB to 4 GiB, nested, of systemd and of Kubernetes', () => {
    const quotas = LAYOUTS.map(({ cores }) => cores.quota);
    expect(quotas).toEqual(expect.arrayContaining([0.25, 0.5, 1, 1.5, 2, 4]));
    const limits = LAYOUTS.map(({ memory }) => memory.limitBytes / MIB);
    expect(limits).toEqual(expect.arrayContaining([256, 512, 1024, 2048, 4096]));
    const versionsOf = (word: string) => {
      const files = LAYOUTS.filter(({ name }) => name.includes(word)).flatMap((layout) => Object.keys(layout.files));
      return [
        files.some((file) => file.endsWith('/memory.limit_in_bytes')),
        files.some((file) => file.endsWith('/memory.max')),
      ];
    };
    for (const word of ['Docker', 'Kubernetes', 'nested', 'systemd', 'cpuset', 'no'])
      expect([word, ...versionsOf(word)]).toEqual([word, true, true]);
  });

  describe.each(LAYOUTS)('$name', ({ files, cores, memory, swapBytes = 4 * GIB }) => {
    it('gives the cores, the memory and the swap that it allows, and says why', () => {
      expect(found(files)).toEqual({ cores, memory, swapBytes });
    });

    it.runIf(cores.source.startsWith('/sys/'))(
      'gives more cores or another reason without the file that decided',
      () => {
        const other = found(without(files, cores.source)).cores;
        expect(other.source).not.toBe(cores.source);
        expect(other.allowed).toBeGreaterThanOrEqual(cores.allowed);
      },
    );

    it.runIf(memory.source.startsWith('/sys/'))(
      'gives more memory or another reason without the file that decided',
      () => {
        const other = found(without(files, memory.source)).memory;
        expect(other.source).not.toBe(memory.source);
        expect(other.limitBytes).toBeGreaterThanOrEqual(memory.limitBytes);
      },
    );
  });
});
