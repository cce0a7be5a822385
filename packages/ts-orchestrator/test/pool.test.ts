import { poolContract } from './pool.contract.ts';

poolContract('inline');
poolContract('threads');
poolContract('processes');
