/** The version of heddle that this is: programs and workers have to agree on it. */
import { readFileSync } from 'node:fs';

/** The same file from src, from dist and from dist/bundle. */
function readVersion(): string {
  for (const above of ['../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as Record<string, unknown>;
      if (manifest['name'] === '@heddle/cluster-bullmq') return String(manifest['version']);
    } catch {
      // Not here.
    }
  }
  throw new Error('@heddle/cluster-bullmq does not find its own package.json');
}

export const VERSION = readVersion();
