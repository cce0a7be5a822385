// The same contract with every worker isolated.
import { poolContract } from './pool.contract.ts';

poolContract('processes', 'process');
poolContract('processes', 'sandbox');
