// Native libraries of others beside kernels, as data: which case meets which, in which setting, and how its program
// (native/peers) is asked. They are installed or they are not: nothing of heddle needs them.
import { callsOf, type BenchCase } from './case-table.ts';

export type PeerName = 'fftw' | 'openblas';

export interface Peer {
  readonly label: string;
  /** One line for those who would set it otherwise. */
  readonly setting: string;
}

export const PEERS: Readonly<Record<PeerName, Peer>> = {
  fftw: {
    label: 'FFTW',
    setting:
      'in place, interleaved parts, plans of FFTW_MEASURE made before the time, one thread where it beats all; its inverse does not divide',
  },
  openblas: { label: 'OpenBLAS', setting: 'dgemm and sgemm by cblas, row by row, openblas_set_num_threads' },
};

interface Meeting {
  readonly peer: PeerName;
  /** The question about a size; its program times so many calls in one go. */
  word(one: BenchCase, size: number, calls: number, threads: number): string;
}

const MEETINGS: Readonly<Record<string, Meeting>> = {
  fft: {
    peer: 'fftw',
    word({ batchLength }, size, calls, threads) {
      const shape = batchLength === undefined ? `${size}:1` : `${batchLength}:${size}`;
      return `fft:${shape}:${calls}:${threads}`;
    },
  },
  ifft: { peer: 'fftw', word: (_one, size, calls, threads) => `ifft:${size}:1:${calls}:${threads}` },
  matmul: { peer: 'openblas', word: ({ type }, size, calls, threads) => `${type}:${size}:${calls}:${threads}` },
};

const meetingOf = ({ kernel }: BenchCase): Meeting | undefined =>
  Object.hasOwn(MEETINGS, kernel) ? MEETINGS[kernel] : undefined;

/** Who stands beside the kernel of a case, if anybody. */
export const peerOf = (one: BenchCase): PeerName | undefined => meetingOf(one)?.peer;

/** The question about a size; as many calls as the other contestants time. */
export function peerWord(one: BenchCase, size: number, threads: number): string {
  const meeting = meetingOf(one);
  if (meeting === undefined) throw new RangeError(`nobody stands beside '${one.id}'`);
  return meeting.word(one, size, callsOf(one, size), threads);
}
