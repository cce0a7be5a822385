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
  if (a instanceof RegExp && (String(a) !== String(b) || a.lastIndex !== (b as RegExp).lastIndex))
    return `${path}: expressions`;
  for (const Box of [Number, String, Boolean, BigInt] as const) {
    if (Object.prototype.toString.call(a) === `[object ${Box.name}]` && !Object.is(a.valueOf(), b.valueOf()))
      return `${path}: boxes`;
  }
  if (a instanceof Map || a instanceof Set) {
    const parts = [...(a as Iterable<unknown>)];
    const others = [...(b as Iterable<unknown>)];
    if (parts.length !== others.length) return `${path}: sizes`;
    for (const [index, part] of parts.entries()) {
      const isPair = a instanceof Map;
      const [ours, theirs] = [
        isPair ? (part as unknown[]) : [part],
        isPair ? (others[index] as unknown[]) : [others[index]],
      ];
      for (const [place, each] of ours.entries()) {
        const difference = differenceOf(each, theirs[place], `${path}.entry(${index})[${place}]`, pairs);
        if (difference !== undefined) return difference;
      }
    }
  }
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
