// Writes the files of a described machine into a temporary folder, to be read as `root`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import type { Host } from '../src/index.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** A folder that holds `files` (absolute path -> text). Removed after the test. */
export function makeTree(files: Record<string, string>): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-machine-'));
  folders.push(root);
  writeTree(root, files);
  return root;
}

/** Writes `files` below a folder that `makeTree` made: what the machine says next. */
export function writeTree(root: string, files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(root, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, `${text}\n`);
  }
}

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** Node's numbers, unlike any in the trees: where one shows up, Node was asked. */
export const HOST: Host = {
  platform: 'linux',
  arch: 'x64',
  nodeVersion: 'v24.0.0',
  parallelism: 7,
  logical: 9,
  cpuModel: 'Model of Node',
  totalBytes: 77 * GIB,
  availableBytes: 33 * GIB,
  constrainedBytes: undefined,
  processorMs: 0,
  loadAverage: [0.7, 0.8, 0.9],
  uvThreadpoolSize: undefined,
  coresShare: undefined,
};

/** A host with 8 CPUs and 16 GiB, 12 GiB of it available, without any control group. */
export const BARE: Record<string, string> = {
  '/sys/devices/system/cpu/online': '0-7',
  '/proc/self/status': 'Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\nMems_allowed_list:\t0',
  '/proc/meminfo': 'MemTotal:       16777216 kB\nMemFree:         8388608 kB\nMemAvailable:   12582912 kB',
  '/proc/loadavg': '1.25 0.50 0.10 2/345 6789',
  '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: Made Up 3000\nflags\t\t: fpu sse2 avx2 fma',
};

/** The mount table line of one version 1 controller. */
export const mountV1 = (controllers: string, group = '/', dir = `/sys/fs/cgroup/${controllers}`): string =>
  `32 31 0:29 ${group} ${dir} rw,nosuid,relatime shared:9 - cgroup cgroup rw,${controllers}`;

/** The mount table line of a version 2 tree. */
export const mountV2 = (group = '/', dir = '/sys/fs/cgroup'): string =>
  `30 23 0:26 ${group} ${dir} rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate`;
