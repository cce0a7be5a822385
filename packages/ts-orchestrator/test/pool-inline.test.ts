import { poolContract } from './pool.contract.ts';

poolContract('inline');
