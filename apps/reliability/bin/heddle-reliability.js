#!/usr/bin/env node
// Starts the built command; in a clone that was never set up it says what to do instead of a module-not-found trace.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('heddle-reliability is not built yet: run `npm run reliability` in the clone.');
  process.exitCode = 1;
}
