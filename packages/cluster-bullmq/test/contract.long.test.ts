import { contractOf } from '../../ts-orchestrator/test/pool.contract.ts';
import { clusterSubject } from './contract-subject.ts';
import { describeWithRedis, redisOfSuite } from './redis-server.ts';

describeWithRedis('the contract of a pool', () => {
  contractOf(clusterSubject(redisOfSuite()));
});
