/**
 * The mailbox between two threads: rings in a SharedArrayBuffer from the start, beside a message port. What was posted on a port can be
 * taken off it at any time, so no record ever waits.
 */
import type { MessagePort } from 'node:worker_threads';
import { bytesOf, type GraphParts, openGraph, PackedGraph, PackedList } from '@heddle/codec';
import { COUNTED_BYTES, estimateBytes, timed } from '../task/clone-cost.ts';
import type { TransferItem } from '../task/payload.ts';
import { Mailbox } from './mailbox.ts';
import type { HostMessage, WorkerMessage } from './protocol.ts';
import { notifyReader, ThreadSleep } from './ring/async-wait.ts';
import { PacedWake } from './ring/paced-wake.ts';

export interface PortMailboxParts<In> {
  readonly port: MessagePort;
  readonly side: 'host' | 'worker';
  readonly inbound: SharedArrayBuffer;
  readonly outbound: SharedArrayBuffer;
  readonly onMessage: (message: In) => void;
  /** See `MailboxParts`. */
  readonly onTurn?: () => void;
  /** A message can't be read; nobody knows which. */
  readonly onUnreadable: (error: unknown) => void;
}

export class PortMailbox<In extends HostMessage | WorkerMessage, Out extends HostMessage | WorkerMessage> {
  readonly #port: MessagePort;
  readonly #mailbox: Mailbox<In, Out, In, Out>;

  constructor({ port, side, inbound, outbound, onMessage, onTurn, onUnreadable }: PortMailboxParts<In>) {
    this.#port = port;
    // Three milliseconds of a start, which pools without threads do without.
    const { receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads');
    const mailbox = new Mailbox<In, Out, In, Out>({
      isForeign: false,
      post(message, transfer) {
        const graph = transfer.length === 0 ? graphOf(message) : undefined;
        if (graph === undefined) return port.postMessage(cloneable(message), transfer as never);
        const { parts, transfer: own } = graph.leave();
        port.postMessage({ ...message, value: undefined, graph: parts }, own as never);
      },
      takePosted() {
        try {
          return receiveMessageOnPort(port)?.message as In | undefined;
        } catch (error) {
          onUnreadable(error);
          return undefined;
        }
      },
      onRecord: onMessage,
      onPosted(message) {
        let whole: In;
        try {
          whole = opened(message);
        } catch (error) {
          return onUnreadable(error);
        }
        onMessage(whole);
      },
      ...(onTurn === undefined ? {} : { onTurn }),
      onDamage: onUnreadable,
    });
    // The host sends in bursts; the worker answers one by one.
    mailbox.writeTo(outbound, side === 'host' ? new PacedWake(notifyReader) : { wake: notifyReader });
    mailbox.readFrom(inbound, side, new ThreadSleep());
    port.on('message', (message: In) => mailbox.deliver(message));
    port.on('messageerror', onUnreadable);
    this.#mailbox = mailbox;
  }

  /** Sends by value. Throws what structured clone throws; nothing is sent then. */
  send(message: Out, transfer: readonly TransferItem[] = []): void {
    if (transfer.length === 0 && this.#mailbox.write(message)) return;
    this.#mailbox.post(message, transfer);
  }

  /** Hands on all that the other side has sent, after its end. */
  takeRest(): void {
    this.#mailbox.takeRest();
  }

  /** Hears nothing any more and holds nothing. */
  close(): void {
    this.#port.close();
    this.#mailbox.close();
  }
}

/** The same message for structured clone. */
function cloneable<Message extends HostMessage | WorkerMessage>(message: Message): Message {
  const { value } = message as { readonly value?: unknown };
  return value instanceof PackedList ? { ...message, value: value.unpack() } : message;
}

/** The value of a message as bytes, where that is how it travels best. Arguments were packed when they were taken over. */
function graphOf(message: HostMessage | WorkerMessage): PackedGraph | undefined {
  if (!('value' in message)) return undefined;
  const { t, value } = message;
  if (value instanceof PackedGraph) return value;
  return t === 'value' || t === 'item' || t === 'progress' ? PackedGraph.of([value], false) : undefined;
}

/** The message with its value in it. */
function opened<Message extends HostMessage | WorkerMessage>(message: Message): Message {
  // Most have none, and need no copy of their own.
  const posted = message as Message & { readonly graph?: GraphParts };
  if (posted.graph === undefined) return withCost(message);
  const { graph, ...rest } = posted;
  const bytes = bytesOf(graph);
  const { made: list, cost } = timed(
    () => openGraph(graph),
    () => bytes,
  );
  const isList = message.t === 'run' || message.t === 'called';
  const value: unknown = isList ? list : list[0];
  return { ...(rest as Message), value, ...(isList || cost === undefined ? {} : { cost }) };
}

/** For a value that structured clone brought: Node has copied it, in a time that can't be told. */
function withCost<Message extends HostMessage | WorkerMessage>(message: Message): Message {
  if (message.t !== 'value' && message.t !== 'item') return message;
  const bytes = estimateBytes(message.value);
  return bytes < COUNTED_BYTES ? message : { ...message, cost: { bytes, ms: 0 } };
}
