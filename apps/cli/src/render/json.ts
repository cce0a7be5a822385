// Values as JSON text that loses nothing silently: typed arrays as arrays, BigInt and non-finite numbers as text.

function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>);
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (value instanceof Error) return { ...value, name: value.name, message: value.message };
  return value;
}

/** One line of JSON; `undefined` becomes null. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value ?? null, replacer) ?? 'null';
}

/** Readable JSON for files. */
export function toJsonText(value: unknown): string {
  return `${JSON.stringify(value, replacer, 2)}\n`;
}
