import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { minimumWork, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const mandelbrot = defineWorkload({
  name: 'mandelbrot',
  title: 'Mandelbrot picture',
  standsFor: 'rendering',
  textbook: {
    rule: 'Independent numeric work on shared memory belongs on threads: no data has to travel between the workers.',
    expects: ['threads', 'native-all'],
  },
  measures: [{ key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' }],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe: ({ side, maxIter }) => {
    const pixels = side.toLocaleString('en-US');
    return `${pixels} x ${pixels} px, up to ${maxIter} iterations`;
  },
  variants,
  check,
});
