/**
 * The environment of a measured program. Node 20 reads the certificates that NODE_EXTRA_CA_CERTS names whenever a process starts: 80 ms for
 * a system's whole list (measured), in every child that inherits the variable. A machine's setting, so it is left out.
 */
export function freshEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env;
  return env;
}
