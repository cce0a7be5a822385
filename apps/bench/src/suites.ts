// The list of suites.
import { advisor } from './advisor/suite.ts';
import { cluster } from './cluster/suite.ts';
import { dispatch } from './dispatch/suite.ts';
import { kernels } from './kernels/suite.ts';
import { pool } from './pool/suite.ts';
import { sync } from './sync/suite.ts';
import type { Suite } from './suite.ts';

export const SUITES = { kernels, dispatch, advisor, sync, pool, cluster } as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;
