/**
 * TypeScript task modules where Node can't load them by itself (before 22.18): a loader hook that strips types, put in place
 * only when the task module asks for it, because it costs a thread or some milliseconds.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isTypeScriptUrl, isUnknownExtension, loadStripped, nodeStripsTypes, type Stripper } from './strip-types.ts';

const STRIPPER = '@swc/wasm-typescript';

let isHooked = false;

/**
 * Makes the TypeScript in and behind this module loadable, if a stripper is installed and the module itself asks for it, or
 * `isWanted` says that something behind it does. Without a stripper nothing is done: the program may have a loader of its own.
 */
export async function prepareTypeScript(url: string, hookUrl: URL, isWanted: boolean): Promise<void> {
  if (isHooked || nodeStripsTypes() || !(isWanted || wantsTypeScript(url))) return;
  const stripperUrl = findStripper(url);
  if (stripperUrl === undefined) return;
  isHooked = true;
  const module = process.getBuiltinModule('node:module');
  const { registerHooks } = module as unknown as { registerHooks?: (hooks: object) => void };
  if (registerHooks === undefined) {
    module.register(hookUrl, { data: { stripperUrl } });
    return;
  }
  const loaded = (await import(stripperUrl)) as Stripper & { default?: Stripper };
  const stripper = loaded.default ?? loaded;
  registerHooks({
    load<C>(file: string, context: C, nextLoad: (file: string, context: C) => unknown): unknown {
      if (!isTypeScriptUrl(file)) return nextLoad(file, context);
      try {
        return nextLoad(file, context);
      } catch (error) {
        if (!isUnknownExtension(error)) throw error;
        return loadStripped(file, stripper);
      }
    },
  });
}

/** The file that a load failed on only because it is TypeScript; undefined: it failed of something else. */
export function refusedTypeScript(error: unknown): string | undefined {
  if (!isUnknownExtension(error)) return undefined;
  return / for (.+\.[mc]?ts)$/m.exec(String((error as Error).message))?.[1];
}

/** Could a start with the hook in place go better? */
export function canHookTypeScript(url: string): boolean {
  return !isHooked && !nodeStripsTypes() && findStripper(url) !== undefined;
}

/** It is TypeScript, or plain JavaScript that imports some. Seen in the file itself; what lies deeper is found by failing. */
function wantsTypeScript(url: string): boolean {
  if (isTypeScriptUrl(url)) return true;
  try {
    return /['"][^'"\n]+\.[mc]?ts['"]/.test(fs.readFileSync(fileURLToPath(url), 'utf8'));
  } catch {
    return false;
  }
}

/** Installed beside this package, beside the task module, or in the project the program runs in. */
function findStripper(url: string): string | undefined {
  for (const from of [import.meta.url, url, pathToFileURL(path.join(process.cwd(), 'x.js'))]) {
    try {
      return pathToFileURL(process.getBuiltinModule('node:module').createRequire(from).resolve(STRIPPER)).href;
    } catch {
      // Not from there.
    }
  }
  return undefined;
}
