import { parentPort } from 'node:worker_threads';
import { answer, type Request } from './request.ts';

const port = parentPort!;

port.on('message', (request: Request) => {
  const reply = answer(request);
  if (request[1] === 'bumpMoved') port.postMessage(reply, [(reply[1] as Float64Array).buffer as ArrayBuffer]);
  else port.postMessage(reply);
});
