import { describeArguments, describeMemory } from '../support/core-contract.ts';
import { describeNative } from '../support/cores.ts';

describeNative('the native package', (core) => {
  describeArguments(core);
  describeMemory(core);
});
