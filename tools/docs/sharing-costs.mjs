// The part of docs/sharing-state.md that has figures: what sending costs, and, from the run of hazard-lab, what sharing does.
import { figuresOf, LABELS } from './figures.mjs';

/** Labels of the lab that tell of shared state. */
export const isShared = (label) => label.startsWith('shared ');

/** What was noted about each backend, in the words of the run: a row for each label that `isOne`; undefined when there is none. */
export function noted(f, isOne) {
  if (!f.has('hazard-lab')) return undefined;
  const kinds = f.workload('hazard-lab').kinds.filter(({ notes }) => notes !== undefined);
  const labels = Object.keys(kinds[0]?.notes ?? {}).filter(isOne);
  if (labels.length === 0) return undefined;
  return `| | ${kinds.map(({ kind }) => LABELS[kind]).join(' | ')} |
| --- | ${kinds.map(() => '---').join(' | ')} |
${labels.map((label) => `| ${label} | ${kinds.map(({ notes }) => notes[label]).join(' | ')} |`).join('\n')}`;
}

export function sharingCosts(comparison) {
  const f = figuresOf(comparison);
  const sent = ['one small task there and back', '8 MiB of doubles there and back, copied', '8 MiB of doubles, shared'];
  // The price list shares with threads alone.
  const cell = (label, backend) => (f.price(label, backend) === 'copied only' ? '' : f.price(label, backend));
  const rows = sent.map((label) => `| ${label} | ${cell(label, 'threads')} | ${cell(label, 'processes')} |`);
  const table = noted(f, isShared);
  const shared = `
Two tasks of one pool that share a counter and locks, from \`npm start -- compare hazard-lab\` in the same run:

${table}
`;
  return `Sending, from the price list of \`npm start\`: ${f.machine}.

| | worker threads | worker processes |
| --- | --- | --- |
${rows.join('\n')}
${table === undefined ? '' : shared}`;
}
