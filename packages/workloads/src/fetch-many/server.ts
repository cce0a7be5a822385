/**
 * The server process: answers GET /items/<id> after the delay, on a free port of the loopback interface that it tells its
 * parent. It ends with its parent: the channel closes however the parent ends.
 */
import { createServer } from 'node:http';
import { ANSWER_DELAY_MS, itemBody } from './input.ts';

const server = createServer((request, response) => {
  const id = /^\/items\/(\d{1,9})$/.exec(request.url ?? '')?.[1];
  setTimeout(() => {
    if (id === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(itemBody(Number(id)));
  }, ANSWER_DELAY_MS);
});

// Sockets stay open between rounds: one closed by the server just as a request starts would fail that request.
server.keepAliveTimeout = 0;

process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  process.send!(server.address());
});
