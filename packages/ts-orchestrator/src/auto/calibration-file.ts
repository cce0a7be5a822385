/**
 * Where the calibration of this machine is kept between programs: one small file in the user's cache folder. The only room that touches it.
 *
 * Nobody waits for it and nothing fails by it: it is read beside the start of the first workers and written when a pool has ended; what can't be read
 * or written (no home, a full disk, a read-only folder, a permission model) is as if it were not there, and the reason is kept for
 * `explain()`. It is written to a file of its own and renamed, so that a reader finds the old one or the new one, and two writers
 * leave one of theirs.
 */
import {
  CALIBRATION_BYTES_MAX,
  calibrationFileName,
  readCalibration,
  writeCalibration,
  type Calibration,
  type CalibrationKey,
} from '@heddle/advisor';
import fs from 'node:fs';
import path from 'node:path';
import { randomName } from '../clock/random.ts';
import { cacheFolder, type CacheSurroundings } from '../entry/cache-folder.ts';
import type { MachineView } from './judge.ts';

/** What there is of it. `file` undefined: there is no folder for one. */
export interface FoundCalibration {
  readonly file: string | undefined;
  readonly calibration: Calibration | undefined;
  /** Why it is not used; undefined with `calibration`: there is none yet. */
  readonly problem: string | undefined;
}

export interface CalibrationStore {
  readonly key: CalibrationKey;
  /** Undefined: there is no folder for one. */
  readonly file: string | undefined;
  /** Calls back once, in a later turn. */
  read(onFound: (found: FoundCalibration) => void): void;
  /** The same at once: for the end of a program. */
  readNow(): FoundCalibration;
  /** Why it could not be kept; undefined: it is. Takes some system calls. */
  write(calibration: Calibration): string | undefined;
}

/** Switches it off, in this program and its workers. */
export const CALIBRATION_SWITCH = 'HEDDLE_CALIBRATION';

/** For this machine, this Node and the cores of this process. */
export function openCalibrationStore(
  { cpuModel, coresOfProcess }: Pick<MachineView, 'cpuModel' | 'coresOfProcess'>,
  surroundings?: CacheSurroundings,
): CalibrationStore {
  const os = process.getBuiltinModule('node:os');
  const key: CalibrationKey = {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    cpu: cpuModel(),
    cores: coresOfProcess(),
  };
  const around = surroundings ?? { env: process.env, platform: process.platform, home: os.homedir };
  const isOff = around.env[CALIBRATION_SWITCH] === 'off';
  const place = isOff ? { problem: `${CALIBRATION_SWITCH} is off` } : cacheFolder(around);
  if ('problem' in place) {
    const found = { file: undefined, calibration: undefined, problem: place.problem };
    const read = (onFound: (none: FoundCalibration) => void) => void setImmediate(onFound, found).unref();
    return { key, file: undefined, read, readNow: () => found, write: () => place.problem };
  }
  const file = path.join(place.folder, calibrationFileName(key));
  const judge = (problem: string | undefined, text: string | undefined): FoundCalibration => {
    const verdict = text === undefined ? { problem } : readCalibration(text, key, Date.now());
    return { file, calibration: undefined, problem: undefined, ...verdict };
  };
  return {
    key,
    file,
    read(onFound) {
      const tell = (problem: string | undefined, text: string | undefined) => onFound(judge(problem, text));
      try {
        readSmallFile(file, tell);
      } catch (error) {
        // Node's permission model refuses at the call.
        setImmediate(tell, unreadable(error), undefined).unref();
      }
    },
    readNow() {
      try {
        const text = readSmallFileNow(file);
        return judge(text === undefined ? 'it is not a file' : undefined, text);
      } catch (error) {
        return judge(unreadable(error), undefined);
      }
    },
    write: (calibration) => writeWhole(file, writeCalibration(calibration)),
  };
}

/** Undefined: there is none. */
function unreadable(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : `it can't be read (${code})`;
}

/** Without a wait for whoever may write into a pipe. */
const READ_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

/** A pipe, a device or a folder of that name is none. Neither text nor problem: there is no file. */
function readSmallFile(file: string, done: (problem: string | undefined, text: string | undefined) => void): void {
  fs.open(file, READ_FLAGS, (openError, fd) => {
    if (openError !== null) return done(unreadable(openError), undefined);
    const end = (problem: string | undefined, text?: string) => fs.close(fd, () => done(problem, text));
    fs.fstat(fd, (statError, stat) => {
      if (statError !== null || !stat.isFile()) return end('it is not a file');
      if (stat.size > CALIBRATION_BYTES_MAX) return end('it is too long to be one');
      const bytes = Buffer.alloc(stat.size);
      fs.read(fd, bytes, 0, bytes.length, 0, (readError, length) => {
        if (readError !== null) end(unreadable(readError));
        else end(undefined, bytes.toString('utf8', 0, length));
      });
    });
  });
}

/** Throws what can't be read; undefined: it is no file, or too long. */
function readSmallFileNow(file: string): string | undefined {
  const fd = fs.openSync(file, READ_FLAGS);
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile() || stat.size > CALIBRATION_BYTES_MAX) return undefined;
    const bytes = Buffer.alloc(stat.size);
    return bytes.toString('utf8', 0, fs.readSync(fd, bytes));
  } finally {
    fs.closeSync(fd);
  }
}

function writeWhole(file: string, text: string): string | undefined {
  const draft = `${file}.${randomName()}`;
  let fd: number | undefined;
  try {
    const folder = path.dirname(file);
    // One by one: `recursive` never comes back from a file system that can't have folders, such as /proc (Node 20).
    for (const each of [path.dirname(folder), folder]) quietly(() => fs.mkdirSync(each, { mode: 0o700 }));
    // A new file, so that nothing is written through a link that lies there.
    fd = fs.openSync(draft, 'wx', 0o600);
    fs.writeSync(fd, text);
    fs.closeSync(fd);
    fd = undefined;
    fs.renameSync(draft, file);
    return undefined;
  } catch (error) {
    quietly(() => fd !== undefined && fs.closeSync(fd));
    quietly(() => fs.rmSync(draft, { force: true }));
    return `it can't be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
}

function quietly(action: () => unknown): void {
  try {
    action();
  } catch {
    // There is nobody to tell, and nothing depends on it.
  }
}
