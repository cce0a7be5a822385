/** Where do two values differ in anything that a program can see? Undefined: nowhere. */
export function differenceOf(
  a: unknown,
  b: unknown,
  path = 'value',
  pairs = new Map<unknown, unknown>(),
): string | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b) ? undefined : `${path}: ${String(a)} and ${String(b)}`;
  }
  // What is one object here must be one object there.
  if (pairs.has(a) || pairs.has(b)) return pairs.get(a) === b ? undefined : `${path}: shared here, not there`;
  pairs.set(a, b);
  pairs.set(b, a);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: prototypes`;
  if (Object.isFrozen(a) !== Object.isFrozen(b)) return `${path}: frozen`;
  if (a instanceof Date && !Object.is(a.getTime(), (b as Date).getTime())) return `${path}: dates`;
  if (a instanceof ArrayBuffer && !Buffer.from(a).equals(Buffer.from(b as ArrayBuffer))) return `${path}: bytes`;
  if (ArrayBuffer.isView(a)) {
    const view = b as ArrayBufferView;
    if (a.byteOffset !== view.byteOffset || a.byteLength !== view.byteLength) return `${path}: the view`;
    return differenceOf(a.buffer, view.buffer, `${path}.buffer`, pairs);
  }
  const keys = Reflect.ownKeys(a);
  const others = Reflect.ownKeys(b);
  if (keys.length !== others.length) return `${path}: ${keys.length} and ${others.length} keys`;
  for (const [index, key] of keys.entries()) {
    if (key !== others[index]) return `${path}: ${String(key)} and ${String(others[index])}`;
    const one = Object.getOwnPropertyDescriptor(a, key)!;
    const other = Object.getOwnPropertyDescriptor(b, key)!;
    for (const part of ['writable', 'enumerable', 'configurable'] as const) {
      if (one[part] !== other[part]) return `${path}.${String(key)}: ${part}`;
    }
    const difference = differenceOf(one.value, other.value, `${path}.${String(key)}`, pairs);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
