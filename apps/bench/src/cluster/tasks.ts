// What the nodes compute.

export const identity = (value: number): number => value;

/** Keeps its worker busy so long, in milliseconds. */
export function spin20(value: number): number {
  const end = performance.now() + 20;
  while (performance.now() < end);
  return value;
}
