// A real redis-server for one test, or one suite: in a temporary folder, on a Unix socket or a port of 127.0.0.1, ended with it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, onTestFinished } from 'vitest';

const isInstalled = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

/** A ceiling against a hang: each test starts processes, and the machine may do much else. */
const TEST_MS = 300_000;

/** A suite that needs redis-server: skipped with one line where it is not installed, unless tools are required. */
export function describeWithRedis(name: string, body: () => void): void {
  if (isInstalled) return void describe(name, { timeout: TEST_MS }, body);
  if (process.env['HEDDLE_REQUIRE_TOOLS'] === '1')
    return void describe(name, () => {
      throw new Error('redis-server is not installed, and HEDDLE_REQUIRE_TOOLS=1 asks for it');
    });
  describe.skip(`${name} (redis-server is not installed)`, body);
}

export interface RedisServer {
  readonly url: string;
  readonly folder: string;
  /** SIGKILL, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Again, in the same folder and at the same address. */
  start(): Promise<void>;
  /** Listens to a channel. `heard` resolves when each of the texts was in some message. */
  listen(channel: string, texts: readonly string[]): Promise<{ readonly heard: Promise<void> }>;
  /** As redis-cli would say it. It blocks: whoever has to answer meanwhile is in another process. */
  say(...words: string[]): string;
}

/** Takes what is to be done when the test, or the suite, is over; the last first. */
type AtEnd = (end: () => Promise<void> | void) => void;
const atTestEnd: AtEnd = (end) => onTestFinished(end);

export function temporaryFolder(atEnd = atTestEnd): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-cluster-'));
  atEnd(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A port of 127.0.0.1 that nobody has now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `settings`: further lines of redis.conf. */
export async function startRedis(
  settings: readonly string[] = [],
  password = '',
  atEnd = atTestEnd,
): Promise<RedisServer> {
  const folder = temporaryFolder(atEnd);
  const socket = path.join(folder, 'redis.sock');
  const conf = path.join(folder, 'redis.conf');
  fs.writeFileSync(
    conf,
    ['port 0', `unixsocket ${socket}`, `dir ${folder}`, 'save ""', 'daemonize no', ...settings, ''].join('\n'),
  );
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `unix://${password === '' ? '' : `:${password}@localhost`}${socket}`,
    folder,
    async kill() {
      const ended = child!;
      if (ended.exitCode !== null || ended.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => ended.once('exit', () => resolve()));
      ended.kill('SIGKILL');
      await gone;
      fs.rmSync(socket, { force: true });
    },
    async start() {
      const started = spawn('redis-server', [conf], { stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      let text = '';
      await new Promise<void>((resolve, reject) => {
        const read = (chunk: Buffer) => {
          text += String(chunk);
          if (text.includes('Ready to accept connections') || text.includes('ready to accept connections at'))
            resolve();
        };
        started.stdout.on('data', read);
        started.stderr.on('data', read);
        started.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${text}`)));
      });
    },
    async listen(channel, texts) {
      const access = password === '' ? [] : ['--no-auth-warning', '-a', password];
      const client = spawn('redis-cli', ['-s', socket, ...access, 'subscribe', channel], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void client.kill('SIGKILL'));
      let said = '';
      let subscribed!: () => void;
      const isSubscribed = new Promise<void>((resolve) => (subscribed = resolve));
      const heard = new Promise<void>((resolve) => {
        client.stdout.on('data', (chunk: Buffer) => {
          said += String(chunk);
          if (said.includes(channel)) subscribed();
          if (texts.every((text) => said.includes(text))) resolve();
        });
      });
      await isSubscribed;
      return { heard };
    },
    say: (...words) =>
      execFileSync(
        'redis-cli',
        ['-s', socket, ...(password === '' ? [] : ['--no-auth-warning', '-a', password]), ...words],
        {
          encoding: 'utf8',
        },
      ).trim(),
  };
  atEnd(() => server.kill());
  await server.start();
  return server;
}

/** One for all tests of a suite: call it in that suite's body, and the result in its tests. */
export function redisOfSuite(): () => RedisServer {
  let redis: RedisServer | undefined;
  beforeAll(async () => {
    const ends: Array<() => Promise<void> | void> = [];
    redis = await startRedis([], '', (end) => ends.unshift(end));
    return async () => {
      for (const end of ends) await end();
    };
  });
  return () => redis!;
}
