import { describeArguments, describeMemory } from './support/core-contract.ts';
import { javascript } from './support/cores.ts';
import { describeVectors } from './support/vector-contract.ts';

describeArguments(javascript);
describeMemory(javascript);
describeVectors(javascript);
