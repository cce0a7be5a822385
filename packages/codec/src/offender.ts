/** Which part of a value can't be copied, for the message that says so. */

/** True for what is copied by being passed: no object, no function, no symbol. */
export function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') || value === null;
}

/** A SharedArrayBuffer, or a view of one. */
export function isShared(value: unknown): boolean {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  return buffer instanceof SharedArrayBuffer;
}

/** The deepest part that can't be copied, and the path to it. Undefined when the whole can. */
export function findOffender(
  value: unknown,
  path: string,
  canCopy: (value: unknown) => boolean,
  seen: Set<unknown> = new Set(),
): { path: string; value: unknown } | undefined {
  if (isPrimitive(value) || seen.has(value)) return undefined;
  seen.add(value);
  if (canCopy(value)) return undefined;
  for (const [step, part] of partsOf(value)) {
    const found = findOffender(part, path + step, canCopy, seen);
    if (found !== undefined) return found;
  }
  return { path, value };
}

/** A part of which `isIt` is true, and the path to it. Looks at each part once; runs getters, as a copy does. */
export function findPart(
  root: unknown,
  rootPath: string,
  isIt: (part: unknown) => boolean,
): { path: string; value: unknown } | undefined {
  const seen = new Set<unknown>();
  const open: [string, unknown][] = [[rootPath, root]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    if (isPrimitive(value) || seen.has(value)) continue;
    seen.add(value);
    if (isIt(value)) return { path, value };
    for (const [step, inner] of partsOf(value)) if (!isPrimitive(inner)) open.push([path + step, inner]);
  }
  return undefined;
}

/** The parts that a copy would copy: own enumerable string keys, entries of Map and Set, message and cause of errors. */
function* partsOf(value: unknown): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    let index = 0;
    for (const [key, entry] of value) {
      yield [`.key(${index})`, key];
      yield [isPrimitive(key) ? `.get(${JSON.stringify(key) ?? String(key)})` : `.value(${index})`, entry];
      index++;
    }
    return;
  }
  if (value instanceof Set) {
    let index = 0;
    for (const entry of value) yield [`.value(${index++})`, entry];
    return;
  }
  let keys: string[];
  try {
    keys = Object.keys(value);
  } catch {
    return;
  }
  for (const key of keys) {
    let part: unknown;
    try {
      part = (value as Record<string, unknown>)[key];
    } catch {
      continue;
    }
    yield [
      Array.isArray(value) ? `[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
      part,
    ];
  }
}

/** A part that can't be copied, for a message. */
export function describeKind(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `a function (${value.name})`;
  if (typeof value === 'symbol') return `a symbol (${String(value)})`;
  if (value instanceof Promise) return 'a promise (await it first)';
  let kind: unknown;
  try {
    kind = (value as object).constructor?.name;
  } catch {
    kind = undefined;
  }
  if (typeof kind !== 'string' || kind === '' || kind === 'Object')
    return "an object that can't be cloned (a proxy, or a getter that throws)";
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
