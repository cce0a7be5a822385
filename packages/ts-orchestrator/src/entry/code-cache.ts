/**
 * Compiled code between programs: what V8 made of a file of this package, kept in the user's cache folder, so that the next program need
 * not parse and compile it again (docs/decisions/030-compiled-code-between-programs.md).
 *
 * The first program that loads a file leaves an empty mark, and only one that finds it compiles for those that come: where each program has
 * a disk of its own, nothing is compiled for nobody. Both are done while a program ends. Nothing fails by a cache: what can't be read or
 * written is as if it were not there.
 *
 * Whose code runs: V8 takes what it is given for what it compiled itself, and looks only at its own version, its flags, and how long the
 * source is. So the name of a file has the digest of the source, which the build wrote into the package; a file that belongs to
 * another user is not read; and each holds the code twice, because comparing two halves takes less than any checksum (0.6 ms for 450 KB). A file is
 * written under another name and renamed: a reader finds nothing or all of it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { randomName } from '../clock/random.ts';
import { cacheFolder, type CacheSurroundings } from './cache-folder.ts';

/** `off`: nothing is read or kept. */
export const CODE_CACHE_SWITCH = 'HEDDLE_CODE_CACHE';
/** Kept at most, of all versions: beyond it those go that were written first. One has up to 0.5 MB. */
export const CACHED_FILES_MAX = 64;

const ENDING = '.code';

/** `new`: nobody was here. `marked`: somebody was. */
export type Cached = Buffer | 'new' | 'marked';

export class CodeCache {
  readonly #folder: string;

  /** The folder need not be there. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined: it is switched off, or there is no folder for it. */
  static open(surroundings: CacheSurroundings): CodeCache | undefined {
    const { env } = surroundings;
    // Coverage needs code that V8 has seen from its source on; the other one is Node's own switch.
    if (env[CODE_CACHE_SWITCH] === 'off' || env.NODE_DISABLE_COMPILE_CACHE || env.NODE_V8_COVERAGE) return undefined;
    const place = cacheFolder(surroundings);
    return 'folder' in place ? new CodeCache(path.join(place.folder, 'code')) : undefined;
  }

  /** @param name of the source, with its digest */
  read(name: string): Cached {
    let file: number | undefined;
    try {
      file = fs.openSync(this.#fileOf(name), 'r');
      const { size, uid } = fs.fstatSync(file);
      if (process.getuid !== undefined && uid !== process.getuid()) return 'new';
      if (size === 0) return 'marked';
      const twice = Buffer.allocUnsafeSlow(size);
      if (size % 2 !== 0 || fs.readSync(file, twice, 0, size, 0) !== size) return 'new';
      const code = twice.subarray(0, size / 2);
      return code.equals(twice.subarray(size / 2)) ? code : 'new';
    } catch {
      return 'new';
    } finally {
      if (file !== undefined) fs.closeSync(file);
    }
  }

  /** What was read is of no use. */
  forget(name: string): void {
    try {
      fs.rmSync(this.#fileOf(name), { force: true });
    } catch {
      // It stays, and is refused again.
    }
  }

  mark(name: string): void {
    this.#write(name, () => []);
  }

  /** @param compile is called when it is sure that there is a place for what it gives */
  keep(name: string, compile: () => Buffer): void {
    this.#write(name, () => {
      const code = compile();
      return [code, code];
    });
    this.#prune();
  }

  #write(name: string, parts: () => readonly Buffer[]): void {
    const draft = path.join(this.#folder, `${randomName()}.draft`);
    let file: number | undefined;
    try {
      fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      file = fs.openSync(draft, 'wx', 0o600);
      for (const part of parts()) fs.writeSync(file, part);
      fs.closeSync(file);
      file = undefined;
      fs.renameSync(draft, this.#fileOf(name));
    } catch {
      try {
        if (file !== undefined) fs.closeSync(file);
        fs.rmSync(draft, { force: true });
      } catch {
        // There is nobody to tell, and nothing depends on it.
      }
    }
  }

  #prune(): void {
    try {
      const files = fs.readdirSync(this.#folder).map((name) => path.join(this.#folder, name));
      if (files.length <= CACHED_FILES_MAX) return;
      const ages = files.map((file) => ({ file, ms: fs.statSync(file).mtimeMs })).sort((a, b) => a.ms - b.ms);
      for (const { file } of ages.slice(0, files.length - CACHED_FILES_MAX)) fs.rmSync(file, { force: true });
    } catch {
      // Another program is at it.
    }
  }

  /** Code of one version of V8 for one processor. */
  #fileOf(name: string): string {
    return path.join(this.#folder, `${name}-${process.versions.v8}-${process.arch}${ENDING}`);
  }
}
