// The contract again, with rings from the start: in the other suite most pools end before their workers get them.
import { beforeAll, afterAll } from 'vitest';
import { poolContract } from './pool.contract.ts';

beforeAll(() => void (process.env.HEDDLE_RINGS = '0'));
afterAll(() => void delete process.env.HEDDLE_RINGS);

poolContract('processes');
