export { mandelbrot, mandelbrotSync, type MandelbrotParameters } from './mandelbrot.ts';
