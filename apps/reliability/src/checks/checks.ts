/** All checks, in the order in which they run and are told. */
import type { Check } from '../result.ts';
import { crashTable } from './crash-table.ts';
import { forgetsClose } from './forgets-close.ts';
import { killStorm } from './kill-storm.ts';
import { openClose } from './open-close.ts';
import { parentKilled } from './parent-killed.ts';
import { simulation } from './simulation.ts';
import { slowConsumer } from './slow-consumer.ts';
import { stuck } from './stuck.ts';

export const CHECKS: readonly Check[] = [
  killStorm,
  crashTable,
  stuck,
  parentKilled,
  openClose,
  forgetsClose,
  slowConsumer,
  simulation,
];
