// The list of suites.
import { kernels } from './kernels/suite.ts';
import type { Suite } from './suite.ts';

export const SUITES = { kernels } as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;
