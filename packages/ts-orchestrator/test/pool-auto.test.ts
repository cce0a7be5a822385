import { poolContract } from './pool.contract.ts';

// As long as nothing is asked for, and short, calls run inline.
poolContract('auto');
