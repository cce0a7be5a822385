// The list of suites.
import { dispatch } from './dispatch/suite.ts';
import { kernels } from './kernels/suite.ts';
import type { Suite } from './suite.ts';

export const SUITES = { kernels, dispatch } as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;
