/** A service that makes an invoice page per request, under load for some time; the pages are the same in every kind. */
export interface HttpServiceSize {
  [key: string]: number;
  durationMs: number;
}

const FULL_DURATION_MS = 10_000;
const LEAST_DURATION_MS = 400;

export function sizeOf(work: number): HttpServiceSize {
  return { durationMs: Math.round((FULL_DURATION_MS * work) / 100) * 100 };
}

export const minimumWork = LEAST_DURATION_MS / FULL_DURATION_MS;

/** Invoices that the clients ask for, again and again: 0 to this. */
export const INVOICES = 16;
/** Lines of an invoice. Its page takes about 1 ms of one core: several times what HTTP itself takes. */
export const LINES = 300;
/** Clients at once, each on a connection of its own; at least four per worker. */
export const clientsOf = (workers: number): number => Math.max(8, 4 * workers);
/**
 * A client opens a new connection after so many requests, as visitors come and go: a new worker gets its share. No divisor
 * of INVOICES, since autocannon drops the last answer of a connection.
 */
export const REQUESTS_PER_CONNECTION = 9;
