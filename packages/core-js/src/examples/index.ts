// Kernels that serve the example workloads; the general ones are exported from the package root.
export { mandelbrot, mandelbrotSync, type MandelbrotParameters } from './mandelbrot.ts';
export {
  monteCarloPi,
  monteCarloPiSync,
  type MonteCarloPiParameters,
  type MonteCarloPiResult,
} from './monte-carlo-pi.ts';
export { nbodyAccelerations, nbodyAccelerationsSync, type NbodyParameters } from './nbody-accelerations.ts';
export { optionPrice, optionPriceSync, type OptionPriceParameters, type OptionPriceResult } from './option-price.ts';
export { pathTrace, pathTraceSync } from './path-trace.ts';
export type { PathTraceParameters } from './path-trace-picture.ts';
