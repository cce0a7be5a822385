/** Reads every page as text, adds its lines up again and compares with the total and the checksum that it carries. */
import { createHash } from 'node:crypto';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import { LINES } from './input.ts';
import type { LoadReport } from './load.ts';

export async function check({ pages, changed }: LoadReport): Promise<CheckReport> {
  // How often and how fast is measured, not a result: it has no part in the digest.
  const digest = digestOf(...pages.map((page) => page ?? ''));
  const problem = pages.map(findProblem).find((found) => found !== undefined);
  if (problem !== undefined) return { digest, problem };
  return changed > 0
    ? { digest, problem: `${changed} answers differ from an earlier one for the same invoice` }
    : { digest };
}

const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));

function findProblem(page: string | undefined, invoice: number): string | undefined {
  if (page === undefined) return `invoice ${invoice} was never answered`;
  const [, text, checksum] = /^(.*)<!-- ([0-9a-f]{64}) -->$/s.exec(page) ?? [];
  if (text === undefined || createHash('sha256').update(text).digest('hex') !== checksum)
    return `the page of invoice ${invoice} does not have its checksum`;
  if (!text.includes(`<title>Invoice ${invoice}<`)) return `invoice ${invoice} is another one's page`;
  const rows = [...text.matchAll(/<td>(\d+)<\/td><td>(\d+\.\d\d)<\/td><td>(\d+\.\d\d)<\/td><\/tr>/g)];
  if (rows.length !== LINES) return `invoice ${invoice} has ${rows.length} lines instead of ${LINES}`;
  const wrong = rows.findIndex(([, count, price, sum]) => BigInt(count!) * cents(price!) !== cents(sum!));
  if (wrong >= 0) return `line ${wrong} of invoice ${invoice} is multiplied wrong`;
  const total = rows.reduce((sum, row) => sum + cents(row[3]!), 0n);
  const shown = /<p>Total (\d+\.\d\d)<\/p>/.exec(text)?.[1];
  if (shown === undefined || cents(shown) !== total)
    return `invoice ${invoice} shows ${shown}; its lines add up otherwise`;
  return undefined;
}
