/**
 * The one table of this package's errors: code -> can the same call succeed later, and the message, which says what was expected, what
 * came, and what to do. docs/errors.md has a heading for each. No message holds a password: addresses come from `RedisAddress.shown`.
 */
interface CodeRow<Details extends unknown[]> {
  readonly retryable: boolean;
  readonly message: (...details: Details) => string;
}

function row<Details extends unknown[]>(
  retryable: boolean,
  message: (...details: Details) => string,
): CodeRow<Details> {
  return { retryable, message };
}

export const CLUSTER_ERRORS = {
  CLUSTER_OPTION: row(
    false,
    (option: string, expected: string, got: string) => `${option} must be ${expected}; got ${got}`,
  ),
  CLUSTER_UNSUPPORTED: row(false, (what: string, instead: string) => `${what} can't be had over a network: ${instead}`),
  CLUSTER_REDIS_URL: row(
    false,
    (problem: string) =>
      `the address of Redis must be redis://[user:password@]host[:port][/database], rediss://… for TLS, or unix://[user:password@localhost]/path/to/socket; ${problem}`,
  ),
  CLUSTER_REDIS_UNREACHABLE: row(
    true,
    (address: string, reason: string) => `no Redis answers at ${address}: ${reason}; start one, or correct the address`,
  ),
  CLUSTER_REDIS_AUTH: row(
    false,
    (address: string, reason: string) =>
      `Redis at ${address} refuses the user or the password (${reason}); give them in the address, as in redis://user:password@host`,
  ),
  CLUSTER_REDIS_VERSION: row(
    false,
    (address: string, found: string, least: string) =>
      `Redis at ${address} has version ${found}, and ${least} or newer is needed; update it`,
  ),
  CLUSTER_REDIS_POLICY: row(
    false,
    (address: string, policy: string) =>
      `Redis at ${address} throws keys away when its memory is full (maxmemory-policy ${policy}), and results with them; set it to noeviction`,
  ),
  CLUSTER_REDIS_MEMORY: row(
    true,
    (address: string) =>
      `the memory of Redis at ${address} is full (maxmemory); give it more or let old runs expire, then resume the run by its id`,
  ),
  CLUSTER_REDIS_GONE: row(
    true,
    (address: string, seconds: number) =>
      `the connection to Redis at ${address} was lost and did not come back within ${seconds} s; resume the run by its id when it is there again`,
  ),
  CLUSTER_REDIS: row(true, (address: string, reason: string) => `Redis at ${address} refused a command: ${reason}`),
  CLUSTER_NO_NODE: row(
    true,
    (address: string, project: string, seconds: number) =>
      `no worker of project "${project}" was there at ${address} for ${seconds} s; start one with: heddle worker --redis … --root FOLDER --project ${project}`,
  ),
  CLUSTER_NODE_VERSION: row(
    false,
    (node: string, theirs: string, ours: string) =>
      `worker ${node} runs heddle ${theirs} and this program ${ours}; install the same version on both`,
  ),
  CLUSTER_MODULE_MISSING: row(
    false,
    (module: string, node: string, root: string) =>
      `worker ${node} has no module ${module} below its root ${root}; copy it there, or start the worker with another --root`,
  ),
  CLUSTER_MODULE_HASH: row(
    false,
    (module: string, node: string, theirs: string, ours: string) =>
      `module ${module} on worker ${node} has other content (${theirs}) than here (${ours}); bring both to the same state`,
  ),
  CLUSTER_MODULE_LOAD: row(
    false,
    (module: string, node: string, reason: string) => `module ${module} failed to load on worker ${node}: ${reason}`,
  ),
  CLUSTER_MODULE_ROOT: row(
    false,
    (module: string, root: string) =>
      `the task module ${module} is not below the root ${root}, and workers find modules by their path below it; give a root that holds it`,
  ),
  CLUSTER_MODULE_HERE: row(
    false,
    (module: string, reason: string) => `the task module ${module} can't be read here: ${reason}`,
  ),
  CLUSTER_INPUT_UNCLONEABLE: row(
    false,
    (item: string, path: string, found: string) =>
      `${item} can't be sent to a worker: ${path} is ${found}; send plain data instead`,
  ),
  CLUSTER_INPUT_BYTES: row(
    false,
    (item: string, bytes: number, limit: number) =>
      `${item} takes ${bytes} bytes, and an input may take ${limit} (inputBytesMax): pass a path or a URL that workers can read instead`,
  ),
  CLUSTER_RESULT_UNCLONEABLE: row(
    false,
    (path: string, found: string) => `the result can't be sent back: ${path} is ${found}; return plain data instead`,
  ),
  CLUSTER_RESULT_BYTES: row(
    false,
    (bytes: number, limit: number) =>
      `the result takes ${bytes} bytes, and a result may take ${limit} (--result-bytes of the worker): write it to a file or a store and return its path or URL`,
  ),
  CLUSTER_RUN_MISMATCH: row(
    false,
    (run: string, what: string) =>
      `run "${run}" exists already with other ${what}; resume it with the same inputs, or take another id`,
  ),
  CLUSTER_RUN_CANCELLED: row(false, (run: string) => `run "${run}" was cancelled by another client`),
  CLUSTER_QUARANTINED: row(
    false,
    (attempts: number) =>
      `this input was under way in each of ${attempts} deaths of the worker that had it, and is given to no further one`,
  ),
  CLUSTER_DAMAGED: row(
    false,
    (what: string) => `${what} in Redis is not what heddle wrote there; something else writes to the same keys`,
  ),
  CLUSTER_CLOSED: row(false, () => 'this pool is closed and takes no further calls'),
} as const;

type Table = typeof CLUSTER_ERRORS;
/** `CLUSTER_…`, stable; docs/errors.md has a heading for each. */
export type ClusterErrorCode = keyof Table;

/** Every error that this package makes. Tell them apart by `code`. What a task throws arrives as itself, rebuilt. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode;
  /** Can the same call succeed later, with nothing changed in the program? */
  readonly retryable: boolean;

  constructor(code: ClusterErrorCode, message: string) {
    super(message);
    this.code = code;
    this.retryable = CLUSTER_ERRORS[code].retryable;
  }
}
Object.defineProperty(ClusterError.prototype, 'name', { value: 'ClusterError', configurable: true, writable: true });

/** Makes the error of `code`, its message from the table. */
export function clusterError<Code extends ClusterErrorCode>(
  code: Code,
  ...details: Parameters<Table[Code]['message']>
): ClusterError {
  const message = (CLUSTER_ERRORS[code].message as (...details: unknown[]) => string)(...details);
  return new ClusterError(code, message);
}
