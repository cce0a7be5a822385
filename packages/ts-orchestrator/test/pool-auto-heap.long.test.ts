import { poolContract } from './pool.contract.ts';

// With isolation no call runs inline.
poolContract('auto', 'heap');
