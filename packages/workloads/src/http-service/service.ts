/**
 * The service, a program of its own: `service.js <kind> <workers> <port>`. Tells its parent the port once it has all its
 * workers, and ends with its parent. GET /invoices/<n> gives a page, with the worker that made it in a header; /health an
 * empty answer from the loop that takes the requests; /crash ends one worker thread from within.
 */
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { builtFile } from '../support/built-file.ts';
import { startPool } from '../support/pool.ts';
import { answer as answerHere } from './tasks.ts';
import type * as tasks from './tasks.ts';

const [kind, workersText, portText] = process.argv.slice(2);
const workers = Number(workersText);

interface Office {
  answer(invoice: number): tasks.Answer | Promise<tasks.Answer>;
  /** Ends one worker; absent where it can be killed from outside. */
  crash?(): Promise<unknown>;
}

async function openOffice(): Promise<Office> {
  if (kind !== 'threads' && kind !== 'processes') return { answer: answerHere };
  // A page may be made twice: one whose worker died is made by another, at once.
  const again = { retries: 1, retryDelayMs: 0 };
  const pool = await startPool<typeof tasks>(builtFile('./tasks.js', import.meta.url), kind, workers, again);
  await Promise.all(Array.from({ length: 2 * workers }, () => pool.run('answer', [0])));
  return {
    answer: (invoice) => pool.run('answer', [invoice]),
    crash: () => pool.run('crash', [], { priority: 1, retries: 0 }),
  };
}

async function serve({ answer, crash }: Office, url: string, response: ServerResponse): Promise<void> {
  if (url === '/health') {
    response.writeHead(204).end();
    return;
  }
  if (url === '/crash') {
    crash?.().catch(() => undefined); // it fails: that is what it is for
    response.writeHead(202).end();
    return;
  }
  const invoice = /^\/invoices\/(\d{1,9})$/.exec(url)?.[1];
  if (invoice === undefined) {
    response.writeHead(404).end();
    return;
  }
  try {
    const { html, worker } = await answer(Number(invoice));
    response.writeHead(200, { 'content-type': 'text/html', 'x-worker': worker }).end(html);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

async function listen(onListening: (port: number) => void): Promise<void> {
  const office = await openOffice();
  const server = createServer((request, response) => void serve(office, request.url ?? '', response));
  server.listen(Number(portText), '127.0.0.1', () => onListening((server.address() as AddressInfo).port));
}

/** The standard way to several server processes: the primary takes connections and deals them out in turn. */
function listenInCluster(onListening: (port: number) => void): void {
  let listening = 0;
  cluster.on('listening', (_, { port }) => {
    if (++listening === workers) onListening(port);
  });
  cluster.on('exit', () => cluster.fork());
  for (let worker = 0; worker < workers; worker++) cluster.fork();
}

if (cluster.isWorker) {
  await listen(() => undefined); // its primary is told by cluster itself; without it, cluster ends it
} else {
  const tellParent = (port: number): void => void process.send!(port);
  process.on('disconnect', () => {
    // It holds no state. A pool's workers end with this program; a cluster's would complain of the missing primary first.
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    process.exit(0);
  });
  if (kind === 'cluster') listenInCluster(tellParent);
  else await listen(tellParent);
}
