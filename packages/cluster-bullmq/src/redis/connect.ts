/**
 * Connections to Redis, and what is wrong with them as one error with a code.
 *
 * The first connection is tried once: a wrong address is told at once. One that was there and is lost is tried again: by a client until
 * `goneMs` are over, by a node for ever. Commands wait meanwhile and are sent again, also those whose answer was lost, which is why each
 * of ours may be (scripts.ts).
 *
 * Errors of ioredis carry the command that failed, and so the password of AUTH and the bytes of inputs. Only their text goes on, without
 * what follows a script's name; none of them is ever a `cause`.
 */
import type { Redis, RedisOptions } from 'ioredis';
import { within } from '../deadlines.ts';
import { clusterError, ClusterError } from '../errors.ts';
import type { RedisAddress } from './address.ts';

/** BullMQ recommends it, and what our scripts use is older. */
const VERSION_LEAST = '6.2.0';
const CONNECT_TIMEOUT_MS = 5_000;
/** From the first packet to the end of the greeting: something else may listen there and say nothing. */
const FIRST_ANSWER_MS = 6_000;
/** Between attempts to come back; a guess, small beside the time in which a dead node is noticed. */
const RETRY_MS = 200;

export interface Connection {
  readonly redis: Redis;
  readonly address: RedisAddress;
  /** The same with a connection of its own, for what blocks or subscribes. */
  open(): Promise<Redis>;
  /** For who makes connections himself (BullMQ). */
  readonly options: RedisOptions;
  /** Rejects when a connection that was there is given up; never resolves. */
  readonly gone: Promise<never>;
  /** Ends all of them. */
  close(): void;
}

/** @throws {ClusterError} CLUSTER_REDIS_UNREACHABLE, _AUTH, _VERSION, _POLICY. `goneMs`: how long a lost one is tried for. */
export async function connect(address: RedisAddress, goneMs: number): Promise<Connection> {
  const { Redis: RedisClass } = await import('ioredis');
  let giveUp!: (error: ClusterError) => void;
  const gone = new Promise<never>((_, reject) => (giveUp = reject));
  gone.catch(() => undefined);
  const all = new Set<Redis>();

  // Each connection has its own clock: what is lost is counted from the first failed attempt to come back.
  const optionsOf = (wasThere: () => boolean): RedisOptions => {
    let lostAt: number | undefined;
    return {
      ...address.target,
      // Nothing may give up a command but the end of its connection.
      maxRetriesPerRequest: null,
      connectTimeout: CONNECT_TIMEOUT_MS,
      lazyConnect: true,
      retryStrategy(times) {
        if (!wasThere()) return null;
        if (times === 1 || lostAt === undefined) lostAt = performance.now();
        if (performance.now() - lostAt < goneMs) return RETRY_MS;
        giveUp(clusterError('CLUSTER_REDIS_GONE', address.shown, goneMs / 1_000));
        return null;
      },
    };
  };

  async function open(): Promise<Redis> {
    let isThere = false;
    let last: unknown;
    const redis = new RedisClass(optionsOf(() => isThere));
    redis.on('error', (error: unknown) => (last = error));
    all.add(redis);
    try {
      const isConnected = await within(
        FIRST_ANSWER_MS,
        redis.connect().then(() => true),
      );
      if (isConnected !== true) throw new Error(`it did not answer within ${FIRST_ANSWER_MS} ms`);
    } catch (error) {
      redis.disconnect();
      all.delete(redis);
      throw asClusterError(last ?? error, address, 'connecting');
    }
    isThere = true;
    return redis;
  }

  const redis = await open();
  const close = () => {
    for (const each of all) each.disconnect();
    all.clear();
  };
  try {
    await checkServer(redis, address);
  } catch (error) {
    close();
    throw asClusterError(error, address);
  }
  return { redis, address, open, options: { ...optionsOf(() => true), lazyConnect: false }, gone, close };
}

async function checkServer(redis: Redis, address: RedisAddress): Promise<void> {
  const text = await within(FIRST_ANSWER_MS, redis.info());
  if (text === undefined)
    throw clusterError('CLUSTER_REDIS_UNREACHABLE', address.shown, `it did not answer within ${FIRST_ANSWER_MS} ms`);
  const fact = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];
  const version = fact('redis_version') ?? 'unknown';
  if (isOlder(version, VERSION_LEAST))
    throw clusterError('CLUSTER_REDIS_VERSION', address.shown, version, VERSION_LEAST);
  const policy = fact('maxmemory_policy') ?? 'noeviction';
  if (Number(fact('maxmemory') ?? 0) > 0 && policy !== 'noeviction')
    throw clusterError('CLUSTER_REDIS_POLICY', address.shown, policy);
}

function isOlder(version: string, least: string): boolean {
  const found = version.split('.').map(Number);
  for (const [place, number] of least.split('.').map(Number).entries())
    if ((found[place] ?? 0) !== number) return !((found[place] ?? 0) > number);
  return false;
}

/** The same for what may be an error of anything: those of Redis and of its client are known by what they carry. */
export function ownError(error: unknown, address: RedisAddress): unknown {
  if (!(error instanceof Error)) return error;
  const isOfRedis = 'command' in error || error.name === 'ReplyError' || error.message === CLOSED;
  return isOfRedis ? asClusterError(error, address) : error;
}
/** What ioredis says of a command that has no connection any more. */
const CLOSED = 'Connection is closed.';

/** One of our errors for one of ioredis'; without the command that it carries. */
export function asClusterError(error: unknown, address: RedisAddress, when: 'connecting' | 'later' = 'later'): unknown {
  if (error instanceof ClusterError) return error;
  const { message: text = String(error), code } = Object(error) as { message?: string; code?: string };
  const message = text.split(/ script: |\r?\n/)[0]!;
  if (/^(WRONGPASS|NOAUTH|NOPERM)|invalid password|invalid username|AUTH/.test(message))
    return clusterError('CLUSTER_REDIS_AUTH', address.shown, message);
  if (/^OOM|command not allowed when used memory/.test(message))
    return clusterError('CLUSTER_REDIS_MEMORY', address.shown);
  if (when === 'connecting' || /^E[A-Z]+$/.test(code ?? ''))
    return clusterError('CLUSTER_REDIS_UNREACHABLE', address.shown, code ?? message);
  return clusterError('CLUSTER_REDIS', address.shown, message);
}
