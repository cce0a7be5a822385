// A redis-server for one round: in a folder of its own, on a Unix socket, ended with the round.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RedisServer {
  readonly url: string;
  readonly socket: string;
  readonly pid: number;
  /** SIGKILL, and after `goneMs` the same server again, from its append-only file. */
  restart(goneMs: number): Promise<void>;
  end(): Promise<void>;
}

/** "7.0.15", or undefined where there is none. */
export function redisVersion(): string | undefined {
  try {
    return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined;
  }
}

export async function startRedis(folder: string, isDurable: boolean): Promise<RedisServer> {
  const socket = path.join(folder, 'redis.sock');
  const settings = [
    'port 0',
    `unixsocket ${socket}`,
    `dir ${folder}`,
    'save ""',
    `appendonly ${isDurable ? 'yes' : 'no'}`,
  ];
  const file = path.join(folder, 'redis.conf');
  fs.writeFileSync(file, `${settings.join('\n')}\n`);
  let child: ChildProcess;
  const start = async () => {
    const server = spawn('redis-server', [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = server;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      server.stdout.on('data', (chunk: Buffer) => {
        said += String(chunk);
        if (said.includes('eady to accept connections')) resolve();
      });
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${said}`)));
    });
  };
  const kill = async (signal: NodeJS.Signals) => {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    fs.rmSync(socket, { force: true });
  };
  await start();
  return {
    url: `unix://${socket}`,
    socket,
    get pid() {
      return child.pid!;
    },
    async restart(goneMs) {
      await kill('SIGKILL');
      await sleep(goneMs);
      await start();
    },
    end: () => kill('SIGTERM'),
  };
}
