import { describe, expect, it } from 'vitest';
import { findCase, KERNEL_CASES } from '../../src/kernels/case-table.ts';
import createPeerContestant, { startAnswering } from '../../src/kernels/peer-contestant.ts';
import { peerOf, PEERS, peerWord, type PeerName } from '../../src/kernels/peers.ts';
import { buildAll } from '../../src/native-build.ts';

describe('who stands beside a kernel', () => {
  it('is asked in its own words, for as many calls as the others', () => {
    expect(peerWord(findCase('fft f64')!, 1_048_576, 2)).toBe('fft:1048576:1:1:2');
    expect(peerWord(findCase('ifft f64')!, 65_536, 1)).toBe('ifft:65536:1:8:1');
    expect(peerWord(findCase('fft f64 batch')!, 16, 2)).toBe('fft:1024:16:31:2');
    expect(peerWord(findCase('matmul f32')!, 1_024, 1)).toBe('f32:1024:1:1');
  });

  it('is nobody for some', () => {
    expect(peerOf(findCase('sort f64')!)).toBeUndefined();
    expect(() => peerWord(findCase('sort f64')!, 10, 1)).toThrow("nobody stands beside 'sort f64'");
  });
});

describe('a program that answers', () => {
  const script = (text: string) => startAnswering(process.execPath, ['-e', text]);

  it('is told from one that ends, by what it said', async () => {
    await expect(script('process.exit(3)')).rejects.toThrow('the program ended with 3');
    await expect(script("console.error('no room'); process.exit(1)")).rejects.toThrow('no room');
    await expect(script("console.log('hello')")).rejects.toThrow("expected 'ready'");
    await expect(startAnswering('/no/such/program', [])).rejects.toThrow('ENOENT');
  });

  it('may end between two questions', async () => {
    const program = await script("console.log('ready'); process.stdin.once('data', () => process.exit(4))");
    await expect(program.ask('time')).rejects.toThrow('the program ended with 4');
    await program.close();
  });
});

const names = Object.keys(PEERS) as PeerName[];
const builds = await buildAll(new Set(names));

describe.each(names)('%s', (name) => {
  const built = builds.get(name)!;
  // Nothing of heddle needs these libraries: where they are not installed, there is nothing to test.
  const isMissing = 'missing' in built;
  const { file } = built as { file: string };
  const cases = KERNEL_CASES.filter((one) => peerOf(one) === name);

  it.skipIf(isMissing).each(cases.map((one) => [one.id, one] as const))('times and checks %s', async (_id, one) => {
    // Plans for the largest take seconds.
    const sizes = one.sizes.filter((size) => size <= 4096).slice(0, 3);
    const threads = { 'native-1': 1, 'native-all': 2 };
    const peer = await createPeerContestant({ caseId: one.id, sizes, threads, file });
    const times = (await peer.round()) as Record<string, number>;
    const keys = sizes.flatMap((size) => ['native-1', 'native-all'].map((kind) => `size${size}Beside${kind}Ms`));
    expect(Object.keys(times)).toEqual(keys);
    for (const time of Object.values(times)) expect(time).toBeGreaterThan(0);
    expect(await peer.check()).toEqual({ digest: 'checked by itself' });
    await peer.close!();
  });

  it.skipIf(isMissing)('refuses what it does not know', async () => {
    const kind = name === 'fftw' ? 'dct:16:1:1:1' : 'i32:16:1:1';
    await expect(startAnswering(file, [kind])).rejects.toThrow(/there is no kind '(dct|i32)'/);
    await expect(startAnswering(file, ['fft:16'])).rejects.toThrow("'fft:16' is not a kind and");
    await expect(startAnswering(file, ['fft:16:1:x:1'])).rejects.toThrow("'fft:16:1:x:1' is not a kind and");
  });
});
