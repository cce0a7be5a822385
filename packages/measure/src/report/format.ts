/** Numbers for people, the same in every language setting. */

const SIGNIFICANT_DIGITS = 3;
const plain = new Intl.NumberFormat('en-US', { maximumSignificantDigits: SIGNIFICANT_DIGITS });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: SIGNIFICANT_DIGITS });

/** Three significant digits, thousands separated: 1,230. */
export function formatNumber(value: number): string {
  return plain.format(value);
}

/** 1K, 2.5M. */
export function formatCompact(value: number): string {
  return compact.format(value);
}

const BYTES_PER_STEP = 1024;
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= BYTES_PER_STEP && unit < BYTE_UNITS.length - 1) {
    value /= BYTES_PER_STEP;
    unit += 1;
  }
  return `${formatNumber(value)} ${BYTE_UNITS[unit]}`;
}
