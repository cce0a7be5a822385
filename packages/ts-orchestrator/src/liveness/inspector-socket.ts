/**
 * A client for the inspector's WebSocket, as far as it is needed: text both ways, whole frames. Node 20 has no client of its own.
 * Frames: RFC 6455, section 5.2.
 */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { Socket } from 'node:net';

export interface InspectorSocket {
  send(message: object): void;
  close(): void;
}

export interface InspectorSocketEvents {
  onOpen(socket: InspectorSocket): void;
  onMessage(message: unknown): void;
  /** Once, after which nothing comes. */
  onClose(error: Error | undefined): void;
}

const TEXT = 1;
const CLOSE = 8;

export function openInspectorSocket(url: string, events: InspectorSocketEvents): void {
  const { hostname, port, pathname } = new URL(url);
  const request = http.request({
    host: hostname,
    port,
    path: pathname,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    },
  });
  request.on('error', (error) => events.onClose(error));
  request.on('response', ({ statusCode }) => events.onClose(new Error(`the inspector answered ${statusCode}`)));
  request.on('upgrade', (_response, socket, head) => {
    socket.on('error', () => {});
    socket.once('close', () => events.onClose(undefined));
    const parser = frameParser((opcode, payload) => {
      if (opcode === TEXT) events.onMessage(JSON.parse(payload.toString('utf8')));
      else if (opcode === CLOSE) socket.destroy();
    });
    events.onOpen({
      send: (message) => void socket.write(textFrame(JSON.stringify(message))),
      close: () => void (socket as Socket).destroySoon(),
    });
    parser(head);
    socket.on('data', parser);
  });
  request.end();
}

/** A frame of a client, masked with zeros: masking hides text from proxies, and there is none on this way. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length >= 126;
  const header = Buffer.alloc(long ? 8 : 6);
  header[0] = 0x80 | TEXT;
  header[1] = 0x80 | (long ? 126 : payload.length);
  if (long) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** Cuts a stream into frames. The inspector sends each message in one frame, unmasked. */
export function frameParser(onFrame: (opcode: number, payload: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (;;) {
      if (rest.length < 2) return;
      let length = rest[1]! & 127;
      let start = 2;
      if (length === 126) {
        if (rest.length < 4) return;
        length = rest.readUInt16BE(2);
        start = 4;
      } else if (length === 127) {
        if (rest.length < 10) return;
        length = Number(rest.readBigUInt64BE(2));
        start = 10;
      }
      if (rest.length < start + length) return;
      onFrame(rest[0]! & 15, rest.subarray(start, start + length));
      rest = rest.subarray(start + length);
    }
  };
}
