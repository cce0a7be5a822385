/**
 * The environment of an isolated worker: what Node and ordinary programs need to work, and nothing that may be a secret. Pure.
 */
import { inheritedNodeOptions } from './node-options.ts';

/**
 * Variables that an isolated worker gets from this program: where programs and temporary files are, who and where the user is,
 * language and time zone, certificates, what Node reads for itself, and without which Windows starts nothing. Proxies are not
 * among them: their addresses hold passwords.
 */
const ALLOWED = new Set(
  [
    ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'TMP', 'TEMP'],
    ['LANG', 'LANGUAGE', 'TZ'],
    ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
    ['NODE_ENV', 'NODE_PATH', 'NODE_OPTIONS'],
    ['SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE'],
  ].flat(),
);

/** What is allowed of `host`, with `extra` on top. Of NODE_OPTIONS without what opens an inspector. */
export function cleanEnvironment(host: NodeJS.ProcessEnv, extra: Readonly<Record<string, string>> = {}) {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    const upper = name.toUpperCase();
    if (value !== undefined && (ALLOWED.has(upper) || upper.startsWith('LC_'))) env[name] = value;
  }
  if (env.NODE_OPTIONS !== undefined) {
    const kept = inheritedNodeOptions(env.NODE_OPTIONS);
    if (kept === undefined) delete env.NODE_OPTIONS;
    else env.NODE_OPTIONS = kept;
  }
  return { ...env, ...extra };
}
