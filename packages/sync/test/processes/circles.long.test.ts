// Circles through every kind of lock; deadlock.test.ts has some of them.
import { describe } from 'vitest';
import { CIRCLE_KINDS, ONE_OF_EACH } from '../deadlock/circles.ts';
import { itFindsCircles } from './circles.ts';
import { isMissing, reportMissing } from './support.ts';

reportMissing();

describe.skipIf(isMissing)('in a circle', () => {
  itFindsCircles(CIRCLE_KINDS.filter((kind) => kind !== 'mutex' && kind !== ONE_OF_EACH));
});
