/** Tables of a page. */
import { formatNumber } from './format.ts';
import { escapeHtml, proseHtml } from './html.ts';
import type { Cell, CellParts, TableColumn, TableSection } from './sections.ts';

/** What a mark looks like, and what is read out for it. */
const MARKS: Record<NonNullable<CellParts['mark']>, { sign: string; words: string }> = {
  ok: { sign: '✓', words: 'result checked' },
  wrong: { sign: '✗', words: 'wrong result' },
  failed: { sign: '!', words: 'failed' },
  same: { sign: '≈', words: 'no difference beyond noise' },
};

export function tableHtml(section: TableSection, { hideCaption = false } = {}): string {
  const columns = section.columns.map((column) => (typeof column === 'string' ? { text: column } : column));
  const sides = columns.map((column, index) => column.align ?? (index === 0 ? 'left' : 'right'));
  const head = columns.map((column, index) => headHtml(column, sides[index]!));
  const rows = section.rows.map((row) => {
    const cells = row.map((cell, index) => (index === 0 ? rowHeadHtml(cell) : cellHtml(cell, sides[index] ?? 'right')));
    return `<tr>${cells.join('')}</tr>`;
  });
  const caption = `<caption${hideCaption ? ' class="hidden"' : ''}>${escapeHtml(section.caption)}</caption>`;
  const note = section.note === undefined ? '' : `<p class="below">${proseHtml(section.note)}</p>`;
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(section.caption)}"><table>${caption}` +
    `<thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>${note}`
  );
}

function headHtml({ text, detail }: TableColumn, side: 'left' | 'right'): string {
  const small = detail === undefined ? '' : `<small>${escapeHtml(detail)}</small>`;
  if (text === '' && small === '') return `<td class="${side}"></td>`;
  return `<th scope="col" class="${side}">${escapeHtml(text)}${small}</th>`;
}

function rowHeadHtml(cell: Cell): string {
  const { text, detail } = partsOf(cell);
  const small = detail === undefined ? '' : `<small>${escapeHtml(detail)}</small>`;
  return `<th scope="row" class="left">${escapeHtml(text)}${small}</th>`;
}

function cellHtml(cell: Cell, side: 'left' | 'right'): string {
  const { text, detail, mark, winner } = partsOf(cell);
  const classes: string[] = [side];
  if (winner === true) classes.push('winner');
  if (mark === 'wrong' || mark === 'failed') classes.push('bad');
  if (cell === null) classes.push('none');
  const sign = mark === undefined ? '' : markHtml(mark);
  const best = winner === true ? '<span class="hidden"> (best)</span>' : '';
  const small = detail === undefined ? '' : `<small>${escapeHtml(detail)}</small>`;
  return `<td class="${classes.join(' ')}">${escapeHtml(text)}${sign}${best}${small}</td>`;
}

function markHtml(mark: NonNullable<CellParts['mark']>): string {
  const { sign, words } = MARKS[mark];
  return `<span class="mark ${mark}" role="img" aria-label="${words}" title="${words}">${sign}</span>`;
}

function partsOf(cell: Cell): CellParts {
  if (cell === null) return { text: '–' };
  if (typeof cell === 'string') return { text: cell };
  if (typeof cell === 'number') return { text: formatNumber(cell) };
  return cell;
}
