/** A straight line through points, by least squares: its slope, and the standard error of that. */
export function slope(points: ReadonlyArray<readonly [x: number, y: number]>): { perStep: number; error: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const squares = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const perStep = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / squares;
  const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - perStep * (x - meanX)) ** 2, 0);
  return { perStep, error: Math.sqrt(residual / Math.max(1, points.length - 2) / squares) };
}
