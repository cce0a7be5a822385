/**
 * Where Redis is, out of a URL. The password leaves this file in `options` only: whatever is shown to anybody is `shown`.
 */
import { clusterError } from '../errors.ts';

/** The part of ioredis' options that a URL says. */
export interface RedisTarget {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  /** As Node checks certificates by itself; further authorities by NODE_EXTRA_CA_CERTS. */
  readonly tls?: object;
}

export interface RedisAddress {
  readonly target: RedisTarget;
  /** Without user and password, for messages. */
  readonly shown: string;
}

const PORT = 6_379;
const DATABASE_MAX = 2 ** 31 - 1;

/** @throws {ClusterError} CLUSTER_REDIS_URL. The message never repeats the URL, which may hold a password. */
export function parseAddress(text: unknown): RedisAddress {
  const wrong = (problem: string) => clusterError('CLUSTER_REDIS_URL', problem);
  if (typeof text !== 'string' && !(text instanceof URL)) throw wrong('it must be a string or a URL');
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('this is no URL');
  }
  const { protocol } = url;
  if (protocol !== 'redis:' && protocol !== 'rediss:' && protocol !== 'unix:')
    throw wrong(`it begins with ${protocol}//`);
  let username: string;
  let password: string;
  let pathname: string;
  try {
    username = decodeURIComponent(url.username);
    password = decodeURIComponent(url.password);
    pathname = decodeURIComponent(url.pathname);
  } catch {
    throw wrong('a % in it is not followed by two hexadecimal digits; write %25 for one that is meant as such');
  }
  const isSocket = protocol === 'unix:';
  const database = (isSocket ? url.searchParams.get('db') : pathname.replace(/^\//, '')) || '0';
  const db = /^\d+$/.test(database) ? Number(database) : Number.NaN;
  if (!(db <= DATABASE_MAX)) throw wrong('the database must be a number');
  const credentials = {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
  if (isSocket) {
    if (pathname === '' || pathname === '/') throw wrong('it names no socket');
    if (url.hostname !== '' && url.hostname !== 'localhost') throw wrong('a socket is on this machine: unix:///path');
    return { target: { path: pathname, db, ...credentials }, shown: `unix://${pathname}` };
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw wrong('it names no host');
  const port = url.port === '' ? PORT : Number(url.port);
  const target = { host, port, db, ...credentials };
  return {
    target: protocol === 'rediss:' ? { ...target, tls: {} } : target,
    shown: `${protocol}//${url.hostname}:${port}${db === 0 ? '' : `/${db}`}`,
  };
}
