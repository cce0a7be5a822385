// Figures as people read them: three significant digits.

export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return Math.round(value).toLocaleString('en-US');
  if (magnitude === 0) return '0';
  return value.toFixed(Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(magnitude)))));
}

/** "3.42x"; at least two significant digits. */
export function formatRatio(ratio: number): string {
  if (ratio < 0.1) return `${ratio.toPrecision(2)}x`;
  if (ratio >= 100) return `${Math.round(ratio)}x`;
  return `${ratio.toFixed(ratio >= 9.995 ? 1 : 2)}x`;
}

/** "87%"; two significant digits below a tenth. */
export function formatShare(share: number): string {
  return share < 0.1 ? `${(share * 100).toPrecision(2)}%` : `${Math.round(share * 100)}%`;
}

/** "10,000". */
export function formatSize(size: number): string {
  return size.toLocaleString('en-US');
}

/** Half of the distance between the quartiles, in per cent of the median; nothing where the median is nothing. */
export function formatSpread({ relativeSpread }: { relativeSpread: number }): string {
  if (!Number.isFinite(relativeSpread)) return '';
  return `\u00b1${Math.round((relativeSpread / 2) * 100)}%`;
}

/** "from 10,000 elements on", or that there is no such size. */
export function formatCrossover(one: {
  crossover?: number;
  sizeLabel: string;
  sizes: readonly { size: number }[];
}): string {
  if (one.crossover === undefined) return 'at no size';
  if (one.crossover === one.sizes[0]?.size) return `at every size (${formatSize(one.crossover)} ${one.sizeLabel} on)`;
  return `from ${formatSize(one.crossover)} ${one.sizeLabel} on`;
}
