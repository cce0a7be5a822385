/**
 * Loads the parts of this package that a program needs later: the build (tools/bundle.mjs) makes a script of each, which is a function of
 * what it imports, and puts this file where the sources have `import()`. Scripts and no modules, because Node 20 has no way to hand
 * compiled code to a module.
 */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CodeCache } from './code-cache.ts';

/** What the build makes of a file. Gives what it exports. */
type PartFunction = (
  part: (name: string) => unknown,
  later: (name: string) => Promise<unknown>,
  importModule: (id: string) => Promise<unknown>,
  url: string,
) => unknown;

export interface PartsOptions {
  /** Of the module that has these parts: they lie beside it. */
  readonly url: string;
  /** Parts that are there already. */
  readonly loaded: Readonly<Record<string, unknown>>;
  /** Of each file, by name, of its content. */
  readonly digests: Readonly<Record<string, string>>;
  /** Node's own, which a script has not. */
  readonly importModule: (id: string) => Promise<unknown>;
}

/** In place of `import()`: rejects where a part can't be loaded. Each is loaded once. */
export function laterParts({ url, loaded, digests, importModule }: PartsOptions): (name: string) => Promise<unknown> {
  const parts = new Map(Object.entries(loaded));
  const urlOf = (name: string) => new URL(`./${name}.cjs`, url).href;
  let load: ReturnType<typeof functionsOf> | undefined;
  const part = (name: string): unknown => {
    load ??= functionsOf(digests, urlOf);
    if (!parts.has(name)) parts.set(name, load(name)(part, later, importModule, urlOf(name)));
    return parts.get(name);
  };
  // Not at once: who asks may go on before it is compiled.
  const later = (name: string) => Promise.resolve(name).then(part);
  return later;
}

function functionsOf(
  digests: Readonly<Record<string, string>>,
  urlOf: (name: string) => string,
): (name: string) => PartFunction {
  // Only what Node loads itself has a source map for stack traces.
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean };
  const os = process.getBuiltinModule('node:os');
  const around = { env: process.env, platform: process.platform, home: os.homedir };
  const cache = sourceMapsEnabled === true ? undefined : CodeCache.open(around);
  if (cache === undefined) {
    return (name) =>
      process.getBuiltinModule('node:module').createRequire(urlOf(name))(fileURLToPath(urlOf(name))) as PartFunction;
  }
  const vm = process.getBuiltinModule('node:vm');
  const onEnd: (() => void)[] = [];
  // Which functions have been compiled when a program ends depends on what it has used: kept for each kind of pool that comes first.
  let kind: string | undefined;
  return (name) => {
    const id = `${(kind ??= name)}-${name}-${digests[name]}`;
    const cached = cache.read(id);
    const cachedData = typeof cached === 'string' ? undefined : cached;
    const source = `(function (module) {${fs.readFileSync(fileURLToPath(urlOf(name)), 'latin1')}\n})`;
    const script = new vm.Script(source, { filename: urlOf(name), ...(cachedData && { cachedData }) });
    if (script.cachedDataRejected === true) cache.forget(id);
    else if (cachedData === undefined) {
      if (onEnd.push(() => (cached === 'new' ? cache.mark(id) : cache.keep(id, () => script.createCachedData()))) === 1)
        process.once('exit', () => {
          for (const write of onEnd) write();
        });
    }
    const module: { exports?: PartFunction } = {};
    (script.runInThisContext() as (module: { exports?: PartFunction }) => void)(module);
    return module.exports!;
  };
}
