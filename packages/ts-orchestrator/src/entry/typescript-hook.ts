/**
 * Loader hook for `module.register`, which runs it in a thread of its own. Loaders that were there before come first: only what
 * they refuse for its extension is stripped.
 */
import { isTypeScriptUrl, isUnknownExtension, loadStripped, type LoadedModule, type Stripper } from './strip-types.ts';

let stripper: Stripper;

export async function initialize(data: { readonly stripperUrl: string }): Promise<void> {
  const loaded = (await import(data.stripperUrl)) as Stripper & { default?: Stripper };
  stripper = loaded.default ?? loaded;
}

export async function load<C>(
  url: string,
  context: C,
  nextLoad: (url: string, context: C) => Promise<unknown>,
): Promise<unknown> {
  if (!isTypeScriptUrl(url)) return nextLoad(url, context);
  try {
    return await nextLoad(url, context);
  } catch (error) {
    if (!isUnknownExtension(error)) throw error;
    return loadStripped(url, stripper) satisfies LoadedModule;
  }
}
