/** All checks, in the order in which they run and are told. */
import type { Check } from '../result.ts';
import { crashTable } from './crash-table.ts';

export const CHECKS: readonly Check[] = [crashTable];
