// A table for the terminal: the first column to the left, figures to the right, no colours.
import Table from 'cli-table3';

export function plainTable(head: string[]): Table.Table {
  const aligned = head.map((_, column) => (column === 0 ? 'left' : 'right') as Table.HorizontalAlignment);
  return new Table({ head, colAligns: aligned, style: { head: [], border: [], compact: true } });
}
