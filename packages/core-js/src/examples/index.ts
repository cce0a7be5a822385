// Kernels that serve the example workloads; the general ones are exported from the package root.
export { mandelbrot, mandelbrotSync, type MandelbrotParameters } from './mandelbrot.ts';
