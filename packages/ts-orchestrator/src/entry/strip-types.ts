/**
 * TypeScript to JavaScript as Node >= 22.18 does it itself: types become blanks, so positions stay exact, and what is more than
 * types (enum, namespace, parameter properties) is refused with Node's own error codes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What this needs of @swc/wasm-typescript, the library inside Node's own stripping. */
export interface Stripper {
  transformSync(source: string, options: { mode: 'strip-only'; filename: string }): { code: string };
}

/** What a loader hook returns for a module it loads itself. */
export interface LoadedModule {
  readonly format: 'module' | 'commonjs';
  readonly source: string;
  readonly shortCircuit: true;
}

interface StripFailure {
  readonly code?: string;
  readonly message?: string;
  readonly snippet?: string;
  readonly startLine?: number;
}

export function isTypeScriptUrl(url: string): boolean {
  return /^file:[^?#]*\.[mc]?ts(?:[?#]|$)/.test(url);
}

/** True where Node loads TypeScript by itself. */
export function nodeStripsTypes(): boolean {
  const ability = (process.features as { typescript?: unknown }).typescript;
  return ability !== undefined && ability !== false;
}

/** Did a loader refuse the file only because of its extension? */
export function isUnknownExtension(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'ERR_UNKNOWN_FILE_EXTENSION';
}

/** Reads and strips one file. Throws a SyntaxError with the file, the line and Node's code. */
export function loadStripped(url: string, stripper: Stripper): LoadedModule {
  const file = fileURLToPath(url);
  if (file.split(path.sep).includes('node_modules'))
    throw codedError(
      new Error(`Stripping types is currently unsupported for files under node_modules, for "${url}"`),
      'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
    );
  let source: string;
  try {
    source = stripper.transformSync(fs.readFileSync(file, 'utf8'), { mode: 'strip-only', filename: file }).code;
  } catch (failure) {
    throw failure instanceof Error ? failure : stripError(url, failure as StripFailure);
  }
  return { format: formatOf(file, source), source, shortCircuit: true };
}

function stripError(url: string, { code, message = 'syntax error', snippet = '', startLine = 1 }: StripFailure): Error {
  const nodeCode = code === 'UnsupportedSyntax' ? 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' : 'ERR_INVALID_TYPESCRIPT_SYNTAX';
  const error = codedError(new SyntaxError(message), nodeCode);
  error.stack = `${url}:${startLine}\n${snippet}\nSyntaxError [${nodeCode}]: ${message}`;
  return error;
}

function codedError<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code });
}

/** By extension, else by the nearest package.json, else by what the source looks like. */
function formatOf(file: string, source: string): 'module' | 'commonjs' {
  if (file.endsWith('.mts')) return 'module';
  if (file.endsWith('.cts')) return 'commonjs';
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const type = packageType(folder);
    if (type === 'module' || type === 'commonjs') return type;
    if (type === 'none' || folder === path.dirname(folder)) break;
  }
  return /^\s*(?:import|export)\b/m.test(source) ? 'module' : 'commonjs';
}

function packageType(folder: string): string | undefined {
  try {
    const { type } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: string };
    return type ?? 'none';
  } catch {
    return undefined;
  }
}
