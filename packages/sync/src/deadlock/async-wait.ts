/**
 * The wait of an asynchronous call inside of `with…` functions, as others see it. First it is only said that they may hold meanwhile what
 * they hold; when that would close a circle, it is proven (await-chain.ts), or taken back. A call outside of such functions waits
 * without this, and so does one with a limit or a signal, which ends by itself.
 */
import type { DeadlockError } from '../errors.ts';
import type { HeldGuard, Membership } from '../registry/membership.ts';
import { realm } from '../registry/membership.ts';
import { slotOf, tell } from '../registry/lives.ts';
import { IS_DEADLOCKED, WAIT, type Outcome } from '../registry/sleep.ts';
import type { WaitOptions } from '../options.ts';
import { waitForNews, type Line } from '../line/wait.ts';
import { provenHolders, Runners, sight, type OwnCall, type Sight } from './await-chain.ts';
import { search } from './circle.ts';
import { ANSWER_WAIT_MS, deadlockError, inquire } from './report.ts';
import { trim } from './stacks.ts';
import { describe, factsOf, type Description, type WaitSubject } from './subject.ts';
import { answer } from './texts.ts';
import {
  askForProof,
  isAskedForProof,
  lastTicket,
  noteSeen,
  publish,
  RECORDS_PER_SLOT,
  unpublish,
} from './wait-records.ts';

/** Begins to wait; gives what leaves. `answer` is called once, perhaps at once. */
export type Begin = (answer: (outcome: Outcome) => void) => () => void;

const callers = new Runners('call');

/** A call inside of a `with…` function keeps the promise it gives, by which the function waits for it. */
export function tracked<T>(make: (call: OwnCall | undefined) => Promise<T>): Promise<T> {
  if (realm.held.getStore() === undefined) return make(undefined);
  const call: OwnCall = { promise: undefined, isThenUsed: false, mark: '' };
  const promise = callers.use(call, () => make(call));
  call.promise = promise;
  // oxlint-disable-next-line unicorn/no-thenable -- `await` of a promise does not call it, and so everything else is told apart
  promise.then = function then(...handlers) {
    call.isThenUsed = true;
    return Promise.prototype.then.apply(this, handlers) as never;
  };
  return promise;
}

/** Undefined: the wait is nobody's to see, and waits in the usual way. */
export function watchedWait(
  membership: Membership,
  subject: WaitSubject,
  { timeoutMs, signal }: WaitOptions,
  call: OwnCall | undefined,
  name: string,
  begin: Begin,
): Promise<Outcome> | undefined {
  if (call === undefined || timeoutMs !== Infinity || signal !== undefined) return undefined;
  const holders: HeldGuard[] = [];
  for (let held = realm.held.getStore(); held !== undefined; held = held.outer) holders.push(held);
  if (!holders.some(({ guard }) => guard.isHeld)) return undefined;
  for (let index = 1; index < RECORDS_PER_SLOT; index++)
    if (!membership.waits.has(index)) return new AsyncWait(membership, index, subject, holders, call, name).run(begin);
  return undefined;
}

/** A wait in the line of this thread. */
export function inLine(line: Line, amount: number): Begin {
  return (answer) => {
    const request = { amount, answer };
    line.ask(request);
    return () => line.leave(request);
  };
}

/** A wait that ends when `look` does not give WAIT any more. */
export function untilNews({ news }: Membership, look: () => Outcome): Begin {
  return (answer) => {
    const lookOnce = () => {
      const outcome = look();
      if (outcome === WAIT) return false;
      answer(outcome);
      return true;
    };
    news.wait(lookOnce);
    return () => news.leave(lookOnce);
  };
}

export class AsyncWait {
  readonly #membership: Membership;
  readonly #index: number;
  readonly #subject: WaitSubject;
  readonly #holders: readonly HeldGuard[];
  readonly #call: OwnCall;
  readonly #name: string;
  #ticket = 0;
  #holds: readonly number[] = [];
  #isProven = false;
  #isProving = false;
  #isGiving = false;
  #outcome: Outcome | undefined;
  #error: DeadlockError | undefined;
  #leave = (): void => {};
  /** {@link run} sleeps on it. */
  #turn!: Promise<void>;
  #next!: () => void;
  #seen: ((seen: Sight) => void) | undefined;
  #stack = '';

  constructor(
    membership: Membership,
    index: number,
    subject: WaitSubject,
    holders: readonly HeldGuard[],
    call: OwnCall,
    name: string,
  ) {
    this.#membership = membership;
    this.#index = index;
    this.#subject = subject;
    this.#holders = holders;
    this.#call = call;
    this.#name = name;
    this.#arm();
  }

  /** @throws SYNC_DEADLOCK. */
  async run(begin: Begin): Promise<Outcome> {
    this.#leave = begin((outcome) => this.#end(outcome));
    if (this.#outcome === undefined) this.#appear();
    for (;;) {
      await this.#turn;
      this.#arm();
      this.#seen?.(sight());
      if (this.#outcome === IS_DEADLOCKED) throw this.#error!;
      if (this.#outcome !== undefined) return this.#outcome;
    }
  }

  /** When there is news, and when this thread has been blocked. */
  readonly look = (): boolean => {
    if (this.#outcome !== undefined) return true;
    const { graph, registry, texts, id, waits } = this.#membership;
    answer(texts, registry, id, () => [...waits.values()].map((wait) => wait.describe()));
    if (isAskedForProof(graph, id, this.#index)) void this.#prove();
    this.#see();
    this.#search();
    return false;
  };

  describe(): Description {
    return describe(this.#membership, this.#ticket, this.#subject, this.#holds, this.#stack);
  }

  #arm(): void {
    this.#turn = new Promise((resolve) => (this.#next = resolve));
  }

  #appear(): void {
    const { waits, news } = this.#membership;
    waits.set(this.#index, this);
    this.#publish(this.#holders);
    news.wait(this.look);
  }

  #publish(holders: readonly HeldGuard[]): void {
    const { graph, id, holdings } = this.#membership;
    const isHere = ({ guard, lock }: HeldGuard) => guard.isHeld && lock.holding.isIn(holdings);
    this.#holds = holders.filter(isHere).flatMap(({ lock, amount }) => [lock.holding.number, amount]);
    const facts = factsOf(this.#subject, { holds: this.#holds, isProven: this.#isProven });
    if (facts !== undefined) this.#ticket = publish(graph, id, this.#index, facts);
  }

  /** That this wait goes on, after others have begun theirs. */
  #see(): void {
    const { graph, id } = this.#membership;
    const { isWaiting } = this.#subject;
    if (isWaiting === undefined || this.#ticket === 0) return;
    const seen = lastTicket(graph);
    if (isWaiting()) noteSeen(graph, id, this.#index, seen);
  }

  #disappear(): void {
    const { graph, id, waits, news } = this.#membership;
    if (waits.get(this.#index) !== this) return;
    unpublish(graph, id, this.#index);
    waits.delete(this.#index);
    news.leave(this.look);
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#disappear();
    this.#next();
  }

  #search(): void {
    const { graph, registry, id, waits } = this.#membership;
    if (this.#outcome !== undefined || this.#isProving || this.#isGiving || this.#ticket === 0) return;
    const verdict = search(graph, registry, this.#ticket);
    if (verdict === undefined) tell(registry, slotOf(id));
    const ownOf = (ticket: number) => [...waits.values()].find((wait) => wait.#ticket === ticket);
    for (const { at, owner, ticket } of verdict?.unproven ?? []) {
      const own = ownOf(ticket);
      if (own !== undefined) void own.#prove();
      else if (owner !== id) {
        askForProof(graph, at);
        tell(registry, slotOf(owner));
      }
    }
    const victim = verdict?.circle?.victim;
    if (victim === undefined) return;
    const own = ownOf(victim.ticket);
    if (own !== undefined) void own.#give();
    else if (victim.owner !== id) tell(registry, slotOf(victim.owner));
  }

  async #prove(): Promise<void> {
    if (this.#isProving || this.#isProven || this.#outcome !== undefined) return;
    this.#isProving = true;
    // The call has not given its promise yet, perhaps, and nobody has come to await it.
    await new Promise((resolve) => setImmediate(resolve));
    const proven = provenHolders(this.#call, this.#holders, await this.#probe());
    this.#isProving = false;
    if (this.#outcome !== undefined) return;
    // Perhaps later: the function may come to await the call.
    if (proven === 0) return;
    this.#isProven = true;
    this.#publish(this.#holders.slice(0, proven));
    this.#see();
    this.#search();
  }

  /** Resumes {@link run}. */
  async #probe(): Promise<Sight> {
    if (this.#outcome !== undefined) return { names: [], stack: '' };
    const seen = await new Promise<Sight>((resolve) => {
      this.#seen = resolve;
      this.#next();
    });
    if (this.#stack === '') this.#stack = trim(seen.stack);
    return seen;
  }

  /** This wait is the one to end. */
  async #give(): Promise<void> {
    const { graph, registry, news, outside } = this.#membership;
    if (this.#isGiving || this.#outcome !== undefined) return;
    this.#isGiving = true;
    const { circle } = search(graph, registry, this.#ticket) ?? {};
    if (circle !== undefined) {
      const inquiry = inquire(this.#membership, circle);
      await waitForNews(news, () => inquiry.isOver(), { timeoutMs: ANSWER_WAIT_MS, signal: undefined });
      outside?.endEnded();
      const again = search(graph, registry, this.#ticket)?.circle;
      if (this.#outcome === undefined && again?.victim?.ticket === this.#ticket) {
        const own = [...this.#membership.waits.values()].map((wait) => wait.describe());
        this.#error = deadlockError(this.#membership, again, [...own, ...inquiry.read()], this.#name);
        this.#leave();
        this.#end(IS_DEADLOCKED);
        for (const { owner } of again.way) tell(registry, slotOf(owner));
        return;
      }
    }
    this.#isGiving = false;
    this.#search();
  }
}
