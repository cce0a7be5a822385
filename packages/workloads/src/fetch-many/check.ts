/** Checks each answer on its own evidence: the item asked for, in its place, with a text that has the checksum it came with. */
import type { VariantContext } from '../define-workload.ts';
import { createHash } from 'node:crypto';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import type { FetchManySize } from './input.ts';

export async function check(bodies: string[], { size }: VariantContext<FetchManySize>): Promise<CheckReport> {
  const digest = digestOf(JSON.stringify(bodies));
  const problem = findProblem(bodies, size.requests);
  return problem === undefined ? { digest } : { digest, problem };
}

function findProblem(bodies: string[], requests: number): string | undefined {
  if (bodies.length !== requests) return `${bodies.length} answers came to ${requests} requests`;
  for (const [place, body] of bodies.entries()) {
    const item = parse(body);
    if (!item) return `answer ${place} is not a whole record`;
    if (item.id !== place) return `answer ${place} is that of item ${item.id}`;
    if (createHash('sha256').update(item.text).digest('hex') !== item.sha256) {
      return `the text of answer ${place} does not have its checksum`;
    }
  }
  return undefined;
}

function parse(body: string): { id: number; text: string; sha256: string } | undefined {
  try {
    const { id, text, sha256 } = JSON.parse(body) as Record<string, unknown>;
    if (typeof id !== 'number' || typeof text !== 'string' || typeof sha256 !== 'string') return undefined;
    return { id, text, sha256 };
  } catch {
    return undefined;
  }
}
