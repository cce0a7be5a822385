// Builds programs of native/ with the compiler of this machine, in apps/bench/build, when a run asks for them: nothing else of
// the repository needs them, or the libraries of others. A build is kept under the hash of its sources, its command, the
// compiler's version and the processor, so that it is made again when one of them changes.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type BuildName = 'heddle' | 'openmp' | 'onetbb' | 'spinning' | 'async-work' | 'limits' | 'fftw' | 'openblas';

/** What came of a build. `missing`: one sentence on what to install. `problem`: what the compiler said. */
export type Built = { readonly file: string } | { readonly missing: string } | { readonly problem: string };

interface Recipe {
  /** Relative to apps/bench/native, or to the core of heddle's native package. */
  readonly sources: readonly string[];
  readonly coreSources?: readonly string[];
  readonly flags: readonly string[];
  readonly libraries?: readonly string[];
  /** A header that comes with what must be installed, and its name in Debian. */
  readonly needs?: { readonly header: string; readonly what: string; readonly package: string };
}

/** Those that the native package is built with. */
const FLAGS = [
  '-std=c++20',
  '-O3',
  '-Wall',
  '-Wextra',
  '-pthread',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fno-trapping-math',
];
const program = (contestant: string): Pick<Recipe, 'sources' | 'flags'> => ({
  sources: ['pool/main.cc'],
  flags: [`-DPOOL_CONTESTANT="contestants/${contestant}.h"`],
});

const RECIPES: Readonly<Record<BuildName, Recipe>> = {
  heddle: {
    ...program('heddle'),
    coreSources: ['pool/job_queue.cc', 'pool/thread_pool.cc', 'sync/parker.cc', 'sync/placement.cc'],
  },
  openmp: {
    sources: ['pool/main.cc'],
    flags: [...program('openmp').flags, '-fopenmp'],
    needs: { header: 'omp.h', what: 'OpenMP', package: 'g++' },
  },
  onetbb: {
    ...program('onetbb'),
    libraries: ['-ltbb'],
    needs: { header: 'tbb/parallel_for.h', what: 'oneTBB', package: 'libtbb-dev' },
  },
  spinning: program('spinning'),
  'async-work': { sources: ['completion/async_work.cc'], flags: ['-shared', '-fPIC', '-DNAPI_VERSION=9'] },
  fftw: {
    sources: ['peers/fftw.cc'],
    flags: [],
    libraries: ['-lfftw3_threads', '-lfftw3', '-lm'],
    needs: { header: 'fftw3.h', what: 'FFTW', package: 'libfftw3-dev' },
  },
  openblas: {
    sources: ['peers/openblas.cc'],
    flags: [],
    libraries: ['-lopenblas'],
    needs: { header: 'openblas_config.h', what: 'OpenBLAS', package: 'libopenblas-dev' },
  },
  limits: { sources: ['limits/limits.cc'], flags: ['-march=native', '-ffp-contract=fast'] },
};

const NATIVE_DIR = fileURLToPath(new URL('../native/', import.meta.url));
const BUILD_DIR = fileURLToPath(new URL('../build/', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const folderOf = (name: string): string => path.dirname(resolve(`${name}/package.json`));
const coreDir = (): string => path.join(folderOf('@heddle/core-native'), 'core');
const nodeHeaders = (): string => path.join(folderOf('node-api-headers'), 'include');

const run = promisify(execFile);

interface Compiler {
  readonly command: string;
  readonly version: string;
}

/** $CXX, else g++, c++ or clang++, as the native package is built. */
async function findCompiler(): Promise<Compiler | undefined> {
  const { CXX } = process.env;
  for (const command of CXX === undefined || CXX === '' ? ['g++', 'c++', 'clang++'] : [CXX]) {
    try {
      const { stdout } = await run(command, ['--version']);
      return { command, version: stdout.split('\n', 1)[0]! };
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** Every C++ file below a folder. */
function filesBelow(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

function includesOf(name: BuildName): string[] {
  return name === 'async-work' ? [nodeHeaders()] : [path.join(NATIVE_DIR, 'pool'), coreDir()];
}

/** Whether the compiler finds the header; any other mistake of the compiler is found by the build itself. */
async function findsHeader({ command }: Compiler, { flags, needs }: Recipe): Promise<boolean> {
  if (needs === undefined) return true;
  try {
    await run(command, [
      ...FLAGS,
      ...flags,
      '-include',
      needs.header,
      '-E',
      '-x',
      'c++',
      '-o',
      '/dev/null',
      '/dev/null',
    ]);
    return true;
  } catch {
    return false;
  }
}

async function build(name: BuildName, compiler: Compiler, signal: AbortSignal | undefined): Promise<Built> {
  const recipe = RECIPES[name];
  const { sources, coreSources = [], flags, libraries = [], needs } = recipe;
  const core = coreDir();
  const files = [
    ...sources.map((file) => path.join(NATIVE_DIR, file)),
    ...coreSources.map((file) => path.join(core, file)),
  ];
  const includes = includesOf(name).map((folder) => `-I${folder}`);
  const words = [...FLAGS, ...flags, ...includes, ...files, ...libraries];
  const hash = createHash('sha256').update(JSON.stringify([compiler, words, os.cpus()[0]?.model]));
  const rooms = [
    ...sources.map((file) => path.join(NATIVE_DIR, path.dirname(file))),
    ...(coreSources.length === 0 ? [] : ['pool', 'sync', 'parallel'].map((room) => path.join(core, room))),
  ];
  const watched = rooms.flatMap((room) => filesBelow(room));
  for (const file of watched) hash.update(fs.readFileSync(file));
  const folder = path.join(BUILD_DIR, hash.digest('hex').slice(0, 16));
  const file = path.join(folder, name === 'async-work' ? 'async_work.node' : name);
  if (fs.existsSync(file)) return { file };
  if (!(await findsHeader(compiler, recipe))) {
    const { header, what, package: debian } = needs!;
    return { missing: `${compiler.command} finds no ${header}: install ${what} (Debian: apt-get install ${debian})` };
  }
  fs.mkdirSync(folder, { recursive: true });
  // Under a name of its own first: two runs may build at the same time.
  const own = `${file}.${process.pid}`;
  try {
    await run(compiler.command, [...words, '-o', own], {
      maxBuffer: 2 ** 26,
      ...(signal === undefined ? {} : { signal }),
    });
    fs.renameSync(own, file);
    return { file };
  } catch (error) {
    fs.rmSync(own, { force: true });
    const { stderr = '', message } = error as Error & { stderr?: string };
    const line = stderr.split('\n').find((text) => text.includes('error')) ?? message.split('\n', 1)[0]!;
    return { problem: `it could not be built: ${line}` };
  }
}

/** Builds these, as far as they are not there; one after the other. */
export async function buildAll(
  names: ReadonlySet<BuildName>,
  options: { signal?: AbortSignal; onBuild?: (name: BuildName) => void } = {},
): Promise<ReadonlyMap<BuildName, Built>> {
  const all = new Map<BuildName, Built>();
  const compiler = names.size === 0 ? undefined : await findCompiler();
  for (const name of names) {
    options.onBuild?.(name);
    if (compiler === undefined) {
      all.set(name, { missing: 'there is no C++ compiler: install one (Debian: apt-get install g++)' });
    } else if (options.signal?.aborted !== true) {
      all.set(name, await build(name, compiler, options.signal));
    }
  }
  return all;
}
