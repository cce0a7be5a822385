import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../src/files.ts';
import { cpuModel, readMachine } from '../src/index.ts';
import { readCpuPressure } from '../src/load.ts';
import { BARE, GIB, HOST, makeTree, mountV2 } from './tree.ts';

const read = (files: Record<string, string>, host: Partial<typeof HOST> = {}) =>
  readMachine({ root: makeTree(files), host: { ...HOST, ...host } });

describe('load', () => {
  it('reads averages and pressure', () => {
    const pressure = 'some avg10=12.34 avg60=1.00 avg300=0.10 total=99\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0';
    expect(read({ ...BARE, '/proc/pressure/cpu': pressure }).load).toEqual({
      one: 1.25,
      five: 0.5,
      fifteen: 0.1,
      pressureCpu10: 12.34,
      source: '/proc/loadavg',
    });
  });

  it('tells the pressure on cores alone, as a part', () => {
    expect(readCpuPressure(filesBelow(makeTree({ '/proc/pressure/cpu': 'some avg10=12.50 avg60=1.00' })))).toBe(0.125);
    expect(readCpuPressure(filesBelow(makeTree(BARE)))).toBeUndefined();
  });

  it.each(['', 'busy', '1.0 2.0'])('asks Node when the file says %j', (text) => {
    const load = read({ '/proc/loadavg': text, '/proc/pressure/cpu': 'some avg10=400.00 avg60=' }).load;
    expect(load).toEqual({ one: 0.7, five: 0.8, fifteen: 0.9, source: 'os.loadavg()' });
  });

  const waited = (percent: string) => `some avg10=${percent} avg60=1.00 avg300=0.10 total=99`;
  const job = { '/proc/self/mountinfo': mountV2(), '/proc/self/cgroup': '0::/job' };
  const ofMachine = { '/proc/pressure/cpu': waited('30.00'), '/proc/pressure/memory': waited('2.50') };

  it('reads pressure on memory', () => {
    expect(read({ ...BARE, ...ofMachine }).load).toMatchObject({ pressureCpu10: 30, pressureMemory10: 2.5 });
    expect(read({ ...BARE, '/proc/pressure/memory': waited('-1.00') }).load).not.toHaveProperty('pressureMemory10');
  });

  it('reads the pressure of its own group where it is another', () => {
    const own = {
      '/sys/fs/cgroup/job/cpu.pressure': waited('90.00'),
      '/sys/fs/cgroup/job/memory.pressure': waited('2.50'),
    };
    expect(read({ ...BARE, ...ofMachine, ...job, ...own }).load).toMatchObject({
      pressureCpu10: 30,
      group: { pressureCpu10: 90, pressureMemory10: 2.5, source: '/sys/fs/cgroup/job' },
    });
  });

  it('reads that of the whole container where the machine shows none', () => {
    const own = { '/sys/fs/cgroup/memory.pressure': waited('7.00') };
    const load = read({ ...BARE, '/proc/self/mountinfo': mountV2(), '/proc/self/cgroup': '0::/', ...own }).load;
    expect(load.group).toEqual({ pressureMemory10: 7, source: '/sys/fs/cgroup' });
  });

  it.each([
    ['repeats the numbers of the machine', waited('30.00')],
    ['says nothing', ''],
    ['says nonsense', 'some avg10=101.00 avg60='],
  ])('leaves out a group that %s', (_, text) => {
    const own = { '/sys/fs/cgroup/job/cpu.pressure': text };
    expect(read({ ...BARE, ...ofMachine, ...job, ...own }).load).not.toHaveProperty('group');
  });

  it('takes no other group for its own', () => {
    const own = { '/sys/fs/cgroup/cpu.pressure': waited('90.00') };
    const outside = { '/proc/self/mountinfo': mountV2(), '/proc/self/cgroup': '0::/../other' };
    expect(read({ ...BARE, ...ofMachine, ...outside, ...own }).load).not.toHaveProperty('group');
    expect(read({ ...BARE, ...ofMachine, ...job, ...own }).load).not.toHaveProperty('group');
  });
});

describe('cpu', () => {
  const simd = (flags: string, arch = 'x64') => read({ '/proc/cpuinfo': flags }, { arch }).cpu;

  it.each([
    ['flags\t\t: fpu sse2 avx2 fma avx512f avx512dq avx512bw avx512vl', 'avx512'],
    ['flags\t\t: fpu sse2 avx2 fma avx512f', 'avx2'],
    ['flags\t\t: fpu sse2 avx avx2', 'sse2'],
    ['flags\t\t: fpu sse2 avx', 'sse2'],
    ['Features\t: fp asimd evtstrm', 'neon'],
  ])('%s', (flags, level) => {
    expect(simd(flags)).toMatchObject({ simd: level, source: '/proc/cpuinfo' });
  });

  it.each([
    ['x64', 'sse2'],
    ['arm64', 'neon'],
    ['riscv64', 'unknown'],
  ])('is the least that %s has where the kernel does not say', (arch, level) => {
    expect(simd('flags\t\t: nothing known', arch)).toMatchObject({ simd: level, source: 'process.arch' });
    expect(simd('', arch).simd).toBe(level);
  });

  it('names this machine’s model alone as all of it does', () => {
    expect(cpuModel()).toBe(readMachine().cpu.model);
  });

  it('names the model, of Node where the file has none', () => {
    expect(read(BARE).cpu.model).toBe('Made Up 3000');
    expect(read({}).cpu.model).toBe('Model of Node');
    expect(read({}, { cpuModel: undefined }).cpu.model).toBe('unknown');
  });

  it('lists caches, nearest first, and leaves out those that make no sense', () => {
    const cache = (index: number, entries: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(entries).map(([name, text]) => [
          `/sys/devices/system/cpu/cpu0/cache/index${index}/${name}`,
          text,
        ]),
      );
    const files = {
      ...cache(0, { level: '3', type: 'Unified', size: '32M', coherency_line_size: '64', shared_cpu_list: '0-7' }),
      ...cache(1, { level: '1', type: 'Data', size: '48K', coherency_line_size: '64', shared_cpu_list: '0-1' }),
      ...cache(2, { level: '2', type: 'Unified', size: 'large' }),
      ...cache(3, { level: '2', type: 'Odd', size: '1024K' }),
    };
    expect(read(files).cpu.caches).toEqual([
      { level: 1, type: 'data', sizeBytes: 48 * 1024, lineBytes: 64, sharedBy: 2 },
      { level: 3, type: 'unified', sizeBytes: 32 * 1024 * 1024, lineBytes: 64, sharedBy: 8 },
    ]);
    expect(read({}).cpu).not.toHaveProperty('caches');
  });
});

describe('node', () => {
  it.each([
    [undefined, 4],
    ['16', 16],
    ['0', 1],
    ['5000', 1024],
    ['many', 1],
  ])('UV_THREADPOOL_SIZE=%s', (uvThreadpoolSize, size) => {
    expect(read({}, { uvThreadpoolSize }).node.uvThreadpoolSize).toBe(size);
  });

  it('keeps what Node says beside what the files say', () => {
    const { node, cores, memory } = read(BARE, { constrainedBytes: 5 * GIB });
    expect(node).toMatchObject({
      parallelism: 7,
      totalBytes: 77 * GIB,
      constrainedBytes: 5 * GIB,
      availableBytes: 33 * GIB,
    });
    expect([cores.allowed, memory.totalBytes, memory.limitBytes]).toEqual([8, 16 * GIB, 16 * GIB]);
  });

  it('is this Node without being told', () => {
    expect(readMachine().node).toMatchObject({
      version: process.version,
      platform: process.platform,
      arch: process.arch,
    });
  });
});

describe('readMachine', () => {
  it('gives plain data', () => {
    const machine = readMachine();
    expect(JSON.parse(JSON.stringify(machine))).toEqual(
      Object.fromEntries(
        Object.entries(machine).map(([key, part]) => [
          key,
          Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)),
        ]),
      ),
    );
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe that nobody writes to', () => {
    const root = makeTree(BARE);
    for (const file of ['/proc/meminfo', '/proc/self/status']) {
      fs.rmSync(path.join(root, file));
      execFileSync('mkfifo', [path.join(root, file)]);
    }
    const machine = readMachine({ root, host: HOST });
    expect(machine.memory.source).toBe('os.totalmem()');
    expect(machine.cores.allowed).toBe(7);
  });

  it.skipIf(process.platform === 'win32')('reads no more of an endless file than its bound', () => {
    const root = makeTree(BARE);
    fs.rmSync(path.join(root, '/proc/cpuinfo'));
    fs.symlinkSync('/dev/zero', path.join(root, '/proc/cpuinfo'));
    expect(readMachine({ root, host: HOST }).cpu.model).toBe('Model of Node');
  });
});
