export { mandelbrot, mandelbrotSync, type MandelbrotParameters } from './mandelbrot.ts';
export {
  monteCarloPi,
  monteCarloPiSync,
  type MonteCarloPiParameters,
  type MonteCarloPiResult,
} from './monte-carlo-pi.ts';
export { nbodyAccelerations, nbodyAccelerationsSync, type NbodyParameters } from './nbody-accelerations.ts';
