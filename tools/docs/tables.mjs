// Tables of Markdown, and the shares in them.
import { significant } from './figures.mjs';

/** A share of 0 to 1; less than nothing keeps its sign. */
export const percent = (part) => `${part < 0 ? '-' : ''}${significant(Math.abs(part) * 100)} %`;

const row = (cells) => `| ${cells.join(' | ')} |`;
export const table = (head, rows) => [row(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(row)].join('\n');
