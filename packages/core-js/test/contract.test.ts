import { describeArguments, describeMemory } from './support/core-contract.ts';
import { javascript } from './support/cores.ts';

describeArguments(javascript);
describeMemory(javascript);
