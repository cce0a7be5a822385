/** A task module that awaits for ever while it loads. Says when it began in the file of its environment. */
import fs from 'node:fs';
fs.writeFileSync(process.env.HEDDLE_BEGAN_FILE!, String(Number(process.hrtime.bigint()) / 1e6));
await new Promise(() => {});
export const innocent = (n: number): number => n;
