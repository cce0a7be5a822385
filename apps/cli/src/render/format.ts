// Figures as people read them: three significant digits, unit last.
import { stripVTControlCharacters } from 'node:util';

/** Three significant digits without an exponent: 1234 -> "1,234", 12.345 -> "12.3", 0.01234 -> "0.0123". */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return Math.round(value).toLocaleString('en-US');
  if (magnitude === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(magnitude)));
  return value.toFixed(Math.min(digits, 6));
}

/** Milliseconds in the unit that fits: ns, us, ms or s. */
export function formatMs(ms: number): string {
  const magnitude = Math.abs(ms);
  if (magnitude >= 10_000) return `${formatNumber(ms / 1000)} s`;
  if (magnitude >= 0.1 || ms === 0) return `${formatNumber(ms)} ms`;
  if (magnitude >= 1e-4) return `${formatNumber(ms * 1000)} us`;
  return `${formatNumber(ms * 1e6)} ns`;
}

/** Bytes in binary units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${formatNumber(value)} ${units[unit]}`;
}

/** "3.42x", "24.1x", "130x", "0.0012x": two or three digits that mean something. */
export function formatRatio(ratio: number): string {
  if (ratio < 0.1) return `${ratio === 0 ? '0' : ratio.toPrecision(2)}x`;
  return `${ratio >= 100 ? formatNumber(ratio) : ratio.toFixed(ratio >= 10 ? 1 : 2)}x`;
}

/** A figure with its unit; milliseconds scale, other units stay as they are; a whole number shows no decimals there. */
export function formatValue(value: number, unit: string): string {
  if (unit === 'ms') return formatMs(value);
  if (unit === 'bytes') return formatBytes(value);
  const text = Number.isInteger(value) ? value.toLocaleString('en-US') : formatNumber(value);
  return unit === '' ? text : `${text} ${unit}`;
}

/** "1 round", "2 rounds". */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text from outside on one line: a control character in it must not move the cursor. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}
