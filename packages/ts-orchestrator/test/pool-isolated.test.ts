// The same contract with every worker isolated: as long again as the other suites together, so CI asks for it.
import { it } from 'vitest';
import { poolContract } from './pool.contract.ts';

if (process.env.HEDDLE_EVERY_ISOLATION === '1') {
  poolContract('processes', 'process');
  poolContract('processes', 'sandbox');
} else it.skip('the contract at every level of isolation (HEDDLE_EVERY_ISOLATION=1)', () => {});
