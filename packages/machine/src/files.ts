// Reads the small text files of /proc and /sys under a root folder. Never throws and never waits: a file that is
// missing, unreadable, a folder or a pipe without a writer reads as undefined.
import fs from 'node:fs';
import path from 'node:path';

/** Longest file that is read: /proc/cpuinfo of a host with some hundred cores takes about half of it. */
const READ_BYTES_MAX = 1024 * 1024;

/** Bytes asked for at a time: more than any of these files has, but for /proc/cpuinfo and long mount tables. */
const READ_STEP_BYTES = 16 * 1024;

export interface Files {
  /** The text of a file given by its absolute path below the root, without surrounding blanks; undefined if unreadable. */
  read(file: string): string | undefined;
  /** The names in a folder, given likewise; none if unreadable. */
  list(dir: string): string[];
}

/** Files below `root`; '/' is this machine. Cost of a read: open, two reads (the second finds the end), close. */
export function filesBelow(root: string): Files {
  const buffer = Buffer.allocUnsafe(READ_STEP_BYTES);
  return {
    read(file) {
      let fd: number | undefined;
      try {
        fd = fs.openSync(path.join(root, file), fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
        // Files of /proc report no size, so the read goes on until nothing comes.
        const chunks: Buffer[] = [];
        for (let bytes = 0; bytes < READ_BYTES_MAX;) {
          const got = fs.readSync(fd, buffer);
          if (got === 0) break;
          chunks.push(Buffer.from(buffer.subarray(0, got)));
          bytes += got;
        }
        return Buffer.concat(chunks).toString('utf8').trim();
      } catch {
        return undefined;
      } finally {
        if (fd !== undefined) fs.closeSync(fd);
      }
    },
    list(dir) {
      try {
        return fs.readdirSync(path.join(root, dir));
      } catch {
        return [];
      }
    },
  };
}

/** The same files, each read once: several parts of a reading look at the same tables. For one reading only. */
export function readOnce(files: Files): Files {
  const texts = new Map<string, string | undefined>();
  return {
    read(file) {
      if (!texts.has(file)) texts.set(file, files.read(file));
      return texts.get(file);
    },
    list: (dir) => files.list(dir),
  };
}

/** A non-negative whole number written in plain decimal digits; undefined for anything else. */
export function parseCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined;
  return Number(text);
}

/**
 * The numbers of a kernel list such as `0-3,8,10-11`; undefined when it is empty, malformed or names a CPU beyond
 * the largest number the kernel can be built for.
 */
export function parseCpuList(text: string | undefined): Set<number> | undefined {
  const CPU_MAX = 8191; // CONFIG_NR_CPUS of the kernel goes up to 8,192
  if (text === undefined || text === '') return undefined;
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    if (!match) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last > CPU_MAX) return undefined;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return cpus;
}
