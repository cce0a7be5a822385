export type { FloatArray, KernelOptions, NumericArray, SyncKernelOptions } from './arguments.ts';
export { histogram, histogramSync, type HistogramParameters } from './histogram.ts';
export { matmul, matmulSync, type MatmulParameters } from './matmul.ts';
export { meanVariance, meanVarianceSync, type MeanVariance } from './mean-variance.ts';
export { prefixSum, prefixSumSync, type PrefixSumOutput } from './prefix-sum.ts';
export { sort, sortSync } from './sort.ts';
export { sum, sumSync } from './sum.ts';
