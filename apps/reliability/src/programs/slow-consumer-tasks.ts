export const triple = (n: number): number => 3 * n;
