// The nodes of a round: started, killed and started again, ended.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freshEnvironment } from '../fresh-environment.ts';

/** A folder that has the task module; run from where it is built, whoever asks. */
export const ROOT = fileURLToPath(new URL('../../dist/cluster/', import.meta.url));
export const TASKS = new URL('../../dist/cluster/tasks.js', import.meta.url);

const program = (name: string): string => fileURLToPath(new URL(`../../dist/cluster/${name}.js`, import.meta.url));

/** Process ids of a living process's children. */
function childrenOf(pid: number): number[] {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** False: it is gone already. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

export class Nodes {
  readonly killed = { worker: 0, node: 0 };
  readonly #children: ChildProcess[] = [];
  readonly #name: string;
  readonly #order: string;

  /** `name`: of the program. */
  constructor(name: string, order: object) {
    this.#name = name;
    this.#order = JSON.stringify(order);
  }

  get pids(): number[] {
    return this.#children.map(({ pid }) => pid!);
  }

  /** Resolves when they serve. */
  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, place) => this.#start(place)));
  }

  async #start(place: number): Promise<void> {
    const child = spawn(process.execPath, [program(this.#name), this.#order], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: freshEnvironment(),
    });
    this.#children[place] = child;
    await once(child.stdout, 'data');
  }

  /** Kills a worker process of a node, or a whole node, which is started again at once. */
  kill(what: 'worker' | 'node'): void {
    const place = randomInt(this.#children.length);
    const { pid } = this.#children[place]!;
    if (what === 'node') {
      if (kill(pid!)) this.killed.node++;
      void this.#start(place).catch(() => undefined); // killed before it was ready
      return;
    }
    const workers = childrenOf(pid!);
    if (workers.length > 0 && kill(workers[randomInt(workers.length)]!)) this.killed.worker++;
  }

  /** One of all their processes. */
  killAny(): void {
    const workers = this.pids.flatMap(childrenOf).length;
    this.kill(randomInt(workers + this.#children.length) < workers ? 'worker' : 'node');
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }),
    );
  }
}
