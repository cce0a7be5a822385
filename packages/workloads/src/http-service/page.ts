/** The work of a request: an invoice of many lines, sorted, summed and rendered as a page that carries its own checksum. */
import { createHash } from 'node:crypto';
import { LINES } from './input.ts';

const NAMES = ['Bolt & nut', 'Cable <2 m>', 'Drill "8"', "Engineer's hour", 'Filter', 'Gasket', 'Hinge', 'Insulation'];

interface Line {
  name: string;
  count: number;
  priceCents: number;
}

/** Deterministic in the number: every worker of every kind makes the same page. */
function linesOf(invoice: number): Line[] {
  let state = invoice + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: LINES }, (_, line) => ({
    name: `${NAMES[next(NAMES.length)]} no. ${line}`,
    count: 1 + next(20),
    priceCents: 1 + next(100_000),
  }));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]!);
const collator = new Intl.Collator('en');
const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

export function renderInvoice(invoice: number): string {
  const lines = linesOf(invoice).sort((a, b) => collator.compare(a.name, b.name));
  const rows = lines.map(
    ({ name, count, priceCents }) =>
      `<tr><td>${escape(name)}</td><td>${count}</td><td>${money(priceCents)}</td><td>${money(count * priceCents)}</td></tr>`,
  );
  const total = lines.reduce((sum, { count, priceCents }) => sum + count * priceCents, 0);
  const page = `<!doctype html><title>Invoice ${invoice}</title><table>\n${rows.join('\n')}\n</table><p>Total ${money(total)}</p>`;
  return `${page}<!-- ${createHash('sha256').update(page).digest('hex')} -->`;
}
