/**
 * The load, a process of its own: clients (autocannon) that ask for invoices, one worker killed half-way, until the
 * time is over, the service is whole again, and every client that the kill hit has its answer. Ends with its parent.
 *
 * A client wishes for one page at a time and tries until it gets an answer: its latency is that of the wish, tries that
 * failed included, and a wish fails once, however often it is tried again. Autocannon's own counters would miss a request
 * whose connection was closed, and count every try of a client that finds nobody listening; so its events are counted here.
 */
// eslint-disable-next-line typescript/triple-slash-reference -- it reaches programs that only import this file
/// <reference path="./autocannon.d.ts" />
import type { EventEmitter } from 'node:events';
import { get } from 'node:http';
import autocannon from 'autocannon';
import { quantile } from '../responsive-loop/ticker.ts';
import { INVOICES, REQUESTS_PER_CONNECTION } from './input.ts';

export interface LoadOrder {
  port: number;
  durationMs: number;
  clients: number;
  /** Workers that must have answered before one is killed. */
  workers: number;
}

export interface LoadReport {
  seconds: number;
  /** Answers with status 200. */
  answered: number;
  /** Their rate before the kill. */
  undisturbedPerSecond: number;
  /** Wishes that met another status or a lost or refused connection. */
  failed: number;
  latencyP50Ms: number;
  latencyP99Ms: number;
  /** How long a trivial request beside the load waits: the delay of the loop that takes requests. */
  healthP99Ms: number;
  /** From the kill to the first answer of a worker that was not there before. */
  recoveryMs: number;
  /** By number of the invoice, each fetched at least once; absent when the answer was no page. */
  pages: (string | undefined)[];
  /** Answers that differed from the first one for the same invoice. */
  changed: number;
}

/** A service that isn't whole again after this long won't be. */
const LIMIT_MS = 20_000;
const STEP_MS = 5;
const HEALTH_EVERY_MS = 10;

async function applyLoad({ port, durationMs, clients, workers }: LoadOrder): Promise<LoadReport> {
  const url = `http://127.0.0.1:${port}`;
  const latenciesMs: number[] = [];
  const healthMs: number[] = [];
  const healthOpen = new Set<{ sinceMs: number }>();
  const pages: (string | undefined)[] = Array.from({ length: INVOICES }, () => undefined);
  const seen = new Set<string>();
  /** Wishes that failed once and are tried again. */
  const retried = new Set<object>();
  let [failed, changed] = [0, 0];
  let lastWorker = '';
  let kill: { atMs: number; answered: number; known: ReadonlySet<string> } | undefined;
  let recoveryMs: number | undefined;
  // From the first request to the moment when all is known: autocannon's own preparations and its farewell don't count.
  let startMs: number | undefined;
  let endMs: number | undefined;

  function watchClient(client: EventEmitter): void {
    let wish: { sinceMs: number } | undefined;
    const fail = (): void => {
      if (!wish || retried.has(wish)) return;
      failed++;
      retried.add(wish);
    };
    const fulfil = (): void => {
      if (wish) retried.delete(wish);
      wish = undefined;
    };
    client.on('request', () => {
      if (endMs !== undefined) return;
      startMs ??= performance.now();
      fail(); // the request before it got no answer
      wish ??= { sinceMs: performance.now() };
    });
    client.on('connError', () => {
      if (endMs === undefined) fail();
    });
    client.on('headers', ({ statusCode, headers }: { statusCode: number; headers: string[] }) => {
      if (endMs !== undefined) return;
      if (statusCode !== 200) fail();
      else if (wish) latenciesMs.push(performance.now() - wish.sinceMs);
      fulfil();
      const worker = headers[headers.indexOf('x-worker') + 1];
      if (statusCode === 200 && worker !== undefined) noteWorker(worker);
    });
  }

  function noteWorker(worker: string): void {
    seen.add(worker);
    lastWorker = worker;
    if (kill && recoveryMs === undefined && !kill.known.has(worker)) recoveryMs = performance.now() - kill.atMs;
  }

  function notePage(body: string): boolean {
    const invoice = /<title>Invoice (\d+)</.exec(body)?.[1];
    if (invoice === undefined) return true; // an error's text
    const first = (pages[Number(invoice)] ??= body);
    if (first !== body) changed++;
    return true;
  }

  function killWorker(): void {
    kill = { atMs: performance.now(), answered: latenciesMs.length, known: new Set(seen) };
    // A thread can't be killed from outside: the service is asked to let one crash.
    if (lastWorker.includes('/')) get(`${url}/crash`, (response) => response.resume()).on('error', () => undefined);
    else process.kill(Number(lastWorker), 'SIGKILL');
  }

  function askHealth(): void {
    if (startMs === undefined || endMs !== undefined) return;
    const asked = { sinceMs: performance.now() };
    healthOpen.add(asked);
    get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      if (healthOpen.delete(asked)) healthMs.push(performance.now() - asked.sinceMs);
    }).on('error', () => healthOpen.delete(asked)); // nobody listens just now: the clients tell
  }

  let step: NodeJS.Timeout | undefined;
  const health = setInterval(askHealth, HEALTH_EVERY_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const cannon = autocannon(
        {
          url,
          connections: clients,
          duration: (durationMs + 2 * LIMIT_MS) / 1000, // it is stopped before
          reconnectRate: REQUESTS_PER_CONNECTION,
          sampleInt: STEP_MS,
          requests: pages.map((_, invoice) => ({ path: `/invoices/${invoice}` })),
          setupClient: watchClient,
          verifyBody: notePage,
        },
        (error) => (error ? reject(error) : resolve()),
      );
      step = setInterval(() => {
        const nowMs = performance.now();
        const elapsedMs = startMs === undefined ? 0 : nowMs - startMs;
        if (!kill && elapsedMs >= durationMs / 2 && seen.size >= workers) killWorker();
        const isWhole = (recoveryMs !== undefined && retried.size === 0) || elapsedMs >= durationMs + LIMIT_MS;
        if (elapsedMs < durationMs || !isWhole) return;
        endMs = nowMs;
        for (const { sinceMs } of healthOpen) healthMs.push(endMs - sinceMs);
        healthOpen.clear();
        clearInterval(step);
        cannon.stop();
      }, STEP_MS);
    });
    if (startMs === undefined || endMs === undefined || !kill || recoveryMs === undefined)
      throw new Error(`of ${workers} workers ${seen.size} answered; after the kill no new one did`);
    for (const [invoice, page] of pages.entries()) {
      if (page === undefined) notePage(await (await fetch(`${url}/invoices/${invoice}`)).text()); // a short round
    }
    return {
      seconds: (endMs - startMs) / 1000,
      answered: latenciesMs.length,
      undisturbedPerSecond: (1000 * kill.answered) / (kill.atMs - startMs),
      failed,
      latencyP50Ms: quantile(latenciesMs, 0.5),
      latencyP99Ms: quantile(latenciesMs, 0.99),
      // None left: every trivial request met the kill, none was answered.
      healthP99Ms: healthMs.length > 0 ? quantile(healthMs, 0.99) : endMs - startMs,
      recoveryMs,
      pages,
      changed,
    };
  } finally {
    clearInterval(health);
    clearInterval(step);
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (order) => {
  applyLoad(order as LoadOrder).then(
    (report) => process.send!({ report }),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
