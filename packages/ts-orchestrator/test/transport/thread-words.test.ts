import { expect, it } from 'vitest';
import { addPrinted, createPrinted, takePrinted } from '../../src/transport/thread-words.ts';

it('counts short pieces of text for more than their characters, and takes off what it added', () => {
  const printed = createPrinted();
  const pieces = ['', 'x', 'y'.repeat(2_000), 'z'.repeat(500_000)];
  for (const text of pieces) addPrinted(printed, text);
  expect(printed[0]).toBe(1_024 + 1_024 + 2_000 + 500_000);
  for (const text of pieces) takePrinted(printed, text);
  expect(printed[0]).toBe(0);
});

it('lets a thread be ahead by a thousand short lines, not by a hundred thousand', () => {
  const printed = createPrinted();
  let lines = 0;
  for (; printed[0]! + 1_024 <= 2 ** 20; lines++) addPrinted(printed, 'a line\n');
  expect(lines).toBe(1_024);
});
