/**
 * A short-lived process that reads the stack of a worker process through its inspector, closes that inspector, prints the reading
 * as JSON and ends. It keeps the host's loop out of a talk with a process that may say anything. Arguments: the address of the
 * inspector, and the milliseconds it may take.
 */
import type { StackReading } from '../errors/examination.ts';
import { openInspectorSocket, type InspectorSocket } from '../liveness/inspector-socket.ts';
import { PAUSE_REQUESTS, stackListener } from '../liveness/paused-stack.ts';

const [url = '', limitMs = ''] = process.argv.slice(2);

let reading: StackReading = { missing: `it did not stop for its inspector within ${limitMs} ms` };
const listen = stackListener();
let socket: InspectorSocket | undefined;
let isOver = false;
const end = () => {
  if (isOver) return;
  isOver = true;
  // Cutting the line lets the worker go on.
  socket?.close();
  process.stdout.write(JSON.stringify(reading), () => process.exit(0));
};
setTimeout(end, Number(limitMs));

openInspectorSocket(url, {
  onOpen(opened) {
    socket = opened;
    for (const request of PAUSE_REQUESTS) opened.send(request);
  },
  onMessage(message) {
    const frames = listen(message);
    if (frames === undefined) return;
    reading = { frames };
    // The inspector ends our line in the course of closing, and that is the end of this process too.
    socket!.send({
      id: 3,
      method: 'Runtime.evaluate',
      params: { expression: `require('node:inspector').close()`, includeCommandLineAPI: true },
    });
  },
  onClose(error) {
    if (error !== undefined) reading = { missing: `its inspector can't be reached: ${error.message}` };
    end();
  },
});
