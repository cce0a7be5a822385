// Finds and loads the native binary: once per thread, at the first use, never at import. The binary is, in order:
//   1. the file named by HEDDLE_NATIVE_PATH; when it is set, nothing else is tried
//   2. build/Release/core_native.node of this package: compiled here
//   3. the package for this platform, @heddle/core-native-<platform>-<arch>[-<libc>]: compiled elsewhere
// A binary made from another list of kernels than this TypeScript is refused: its calls would mean something else.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { coresOfProcess } from '@heddle/machine';
import { KERNEL_TABLE, type KernelArguments, type KernelResults } from './generated/kernel-table.ts';

export type KernelName = keyof KernelArguments;

type SyncFunctions = {
  [K in KernelName]: (threads: number, ...values: KernelArguments[K]) => KernelResults[K];
};
/** Starts a call: `how`, and the number that it gives, are those of binding/async_run.h. */
export type AsyncStart = (threads: number, how: number, ...values: readonly unknown[]) => number;
type AsyncFunctions = { [K in KernelName as `${K}Async`]: AsyncStart };

/** What the binary exports; the comments are in binding/bindings.h. */
export interface Addon {
  readonly kernels: SyncFunctions & AsyncFunctions;
  readonly table: readonly (readonly string[])[];
  listen(settle: (count: number, errors: readonly unknown[] | undefined) => void, lines: Float64Array): number;
  cancel(number: number): void;
  poolThreads(): number;
  setPoolThreads(threads: number): void;
  setDefaultPoolThreads(threads: number): void;
  forceSimdLevel(name: string): string | undefined;
  simdLevel(): SimdLevel;

  // os. Where a call can fail in the system, the answer is its error number: as it is, or negative where a number of 0 or
  // more is the good answer.
  setParentDeathSignal(signal: number, parent: number): boolean;
  threadCpuTime(): { userUs: number; systemUs: number } | undefined;
  threadId(): number;
  createSegment(bytes: number, isWire: boolean): AddonSegment | number;
  openSegment(fd: number): AddonSegment | number;
  segmentNumber(fd: number): number;
  segmentDescriptor(id: number): number;
  closeSegment(id: number): void;
  findSegment(buffer: unknown): number;
  sendSegment(socket: number, id: number, number: number): number;
  sendDescriptor(socket: number, fd: number, number: number): number;
  receiveDescriptor(socket: number): [number: number, fd: number] | number;
  createEvent(): number;
  openEvent(fd: number): number;
  eventDescriptor(id: number): number;
  writeEvent(id: number, count: number): number;
  readEvent(id: number): number;
  watchEvent(id: number, callback: (count: number) => void): number;
  unwatchEvent(id: number): void;
  setEventRef(id: number, isRef: boolean): void;
  closeEvent(id: number): void;
  waitOnWord(words: Int32Array, index: number, value: number, timeoutMs: number): number;
  wakeWord(words: Int32Array, index: number): void;
  forwardWord(words: Int32Array, index: number, event: number): number;
}

/** A mapping of a segment and the buffer over it; the id is never used twice in a process. */
export interface AddonSegment {
  readonly id: number;
  readonly buffer: ArrayBuffer;
}

/** Instruction sets, widest first; 'baseline' is SSE2 on x64 and NEON on arm64. */
export type SimdLevel = 'avx512' | 'avx2' | 'baseline';

/** Thrown by every function that needs the binary when there is none. `code` is 'HEDDLE_NATIVE_UNAVAILABLE'. */
export class NativeUnavailableError extends Error {
  override readonly name = 'NativeUnavailableError';
  readonly code = 'HEDDLE_NATIVE_UNAVAILABLE';
}

type Loaded = { readonly addon: Addon; readonly from: string } | { readonly reason: string };

let loaded: Loaded | undefined;

const require = createRequire(import.meta.url);
const packageDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

function libc(): string {
  if (process.platform !== 'linux') return '';
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  report.excludeNetwork = true; // names of network peers are looked up otherwise, which can take seconds
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? '-musl' : '-gnu';
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}

function tryLoad(request: string, tried: string[]): Addon | undefined {
  if (path.isAbsolute(request) && !fs.existsSync(request)) {
    tried.push(`${request}: not there`);
    return undefined;
  }
  // Anything else would be run as JavaScript.
  if (path.isAbsolute(request) && !request.endsWith('.node')) {
    tried.push(`${request}: not a .node file`);
    return undefined;
  }
  try {
    const addon = require(request) as Addon;
    if (JSON.stringify(addon.table) === JSON.stringify(KERNEL_TABLE)) return addon;
    tried.push(`${request}: built from another version of this package, build it again`);
  } catch (error) {
    tried.push(`${request}: ${firstLine(error)}`);
  }
  return undefined;
}

function load(): Loaded {
  const tried: string[] = [];
  const named = process.env['HEDDLE_NATIVE_PATH'];
  const candidates = named
    ? [() => path.resolve(named)]
    : [
        () => path.join(packageDir, 'build/Release/core_native.node'),
        () => `@heddle/core-native-${process.platform}-${process.arch}${libc()}`,
      ];
  for (const candidate of candidates) {
    const from = candidate();
    const addon = tryLoad(from, tried);
    if (addon === undefined) continue;
    const refusal = applySimdLevel(addon);
    if (refusal !== undefined) return { reason: refusal };
    addon.setDefaultPoolThreads(coresOfProcess());
    return { addon, from: path.isAbsolute(from) ? from : require.resolve(from) };
  }
  const list = tried.map((line) => `\n  - ${line}`).join('');
  return {
    reason:
      `@heddle/core-native has no binary for ${process.platform} ${process.arch} that loads. Tried:${list}\n` +
      'To build it: npm rebuild @heddle/core-native, or in a clone of the repository ' +
      'npx nx run @heddle/core-native:native. It needs a C++20 compiler, make and python3.',
  };
}

function applySimdLevel(addon: Addon): string | undefined {
  const wanted = process.env['HEDDLE_SIMD'];
  if (!wanted) return undefined;
  const instead = addon.forceSimdLevel(wanted);
  if (instead === undefined) return undefined;
  return instead === ''
    ? `HEDDLE_SIMD=${wanted} is not one of baseline, avx2, avx512.`
    : `HEDDLE_SIMD=${wanted} can't be used here: this process has ${instead}.`;
}

function state(): Loaded {
  loaded ??= load();
  return loaded;
}

/** The binary; throws NativeUnavailableError with everything that was tried when there is none. */
export function addon(): Addon {
  const result = state();
  if ('addon' in result) return result.addon;
  throw new NativeUnavailableError(result.reason);
}

/**
 * Whether the native binary is here and loads. Never throws. The answer doesn't change while the thread lives.
 * Cost: the first call on a thread loads the binary (some milliseconds), later ones are free.
 */
export function isAvailable(): boolean {
  return 'addon' in state();
}

/** Why there is no binary: what was tried and how to build it; undefined when there is one. Never throws. */
export function unavailableReason(): string | undefined {
  const result = state();
  return 'reason' in result ? result.reason : undefined;
}

/** The file that the binary was loaded from. Errors: NativeUnavailableError. */
export function loadedFrom(): string {
  const result = state();
  if ('from' in result) return result.from;
  throw new NativeUnavailableError(result.reason);
}
