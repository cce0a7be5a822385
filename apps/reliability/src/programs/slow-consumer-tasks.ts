export const triple = (n: number): number => 3 * n;

export function spinFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
