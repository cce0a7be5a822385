/**
 * The wait of a call that blocks its thread, as others see it: what is said of it before each sleep, and the search whether it ends at all.
 * Nothing of it is done by a call that needn't wait. The law of the words is in wait-records.ts, why it is right in circle.ts.
 */
import { slotOf, tell } from '../registry/lives.ts';
import type { Membership } from '../registry/membership.ts';
import { IS_DEADLOCKED, sleep, TAKEN, WAIT, type Outcome } from '../registry/sleep.ts';
import type { DeadlockError } from '../errors.ts';
import { search, type Circle } from './circle.ts';
import { ANSWER_WAIT_MS, deadlockError, inquire } from './report.ts';
import { stackHere } from './stacks.ts';
import { describe, factsOf, isSame, type Description, type WaitSubject } from './subject.ts';
import { answer } from './texts.ts';
import { askForProof, lastTicket, noteSeen, publish, unpublish, type WaitFacts } from './wait-records.ts';

/** The record of the thread. */
const THREAD = 0;

export class BlockedWait {
  readonly #membership: Membership;
  readonly #subject: WaitSubject;
  readonly #call: string;
  #facts: WaitFacts | undefined;
  #ticket = 0;
  #seen = 0;
  #circle: Circle | undefined;
  #error: DeadlockError | undefined;

  /** Of a wait without a limit. To be followed by `end`. */
  constructor(membership: Membership, call: string, subject: WaitSubject) {
    this.#membership = membership;
    this.#call = call;
    this.#subject = subject;
  }

  /** After a look that has to wait. */
  readonly beforeSleep = (): typeof WAIT | typeof IS_DEADLOCKED => {
    const { graph, registry, texts, id, news, holdings } = this.#membership;
    // What other calls of this thread were granted meanwhile, they have.
    news.lookNow();
    const facts = factsOf(this.#subject, { holds: holdings.list(), isProven: true });
    this.#publish(facts);
    answer(texts, registry, id, () => [this.#describe()]);
    if (facts === undefined) return WAIT;
    this.#see();
    const verdict = search(graph, registry, this.#ticket);
    if (verdict === undefined) tell(registry, slotOf(id));
    for (const { at, owner } of verdict?.unproven ?? []) {
      askForProof(graph, at);
      tell(registry, slotOf(owner));
    }
    const victim = verdict?.circle?.victim;
    if (victim === undefined) return WAIT;
    if (victim.ticket === this.#ticket) return this.#give(verdict!.circle!);
    tell(registry, slotOf(victim.owner));
    return WAIT;
  };

  /** The wait is over. @throws SYNC_DEADLOCK if it was that. */
  end(outcome: Outcome): void {
    const { graph, registry, id, waits } = this.#membership;
    if (this.#ticket !== 0) unpublish(graph, id, THREAD);
    this.#ticket = 0;
    // Nobody has seen the other waits of this thread meanwhile, nor did they search.
    for (const wait of waits.values()) wait.look();
    if (outcome !== IS_DEADLOCKED) return;
    // With this wait gone the others may be in another circle.
    for (const { owner } of this.#circle!.way) if (owner !== id) tell(registry, slotOf(owner));
    throw this.#error!;
  }

  #publish(facts: WaitFacts | undefined): void {
    const { graph, id } = this.#membership;
    if (facts === undefined) {
      if (this.#ticket !== 0) unpublish(graph, id, THREAD);
      this.#ticket = 0;
    } else if (this.#facts === undefined || !isSame(this.#facts, facts)) {
      this.#ticket = publish(graph, id, THREAD, facts);
      this.#seen = 0;
    }
    this.#facts = facts;
  }

  /** What only who waits can see: that this wait goes on, after others have begun theirs. */
  #see(): void {
    const { isWaiting } = this.#subject;
    const { graph, id } = this.#membership;
    if (isWaiting === undefined) return;
    const seen = lastTicket(graph);
    if (seen === this.#seen || !isWaiting()) return;
    noteSeen(graph, id, THREAD, seen);
    this.#seen = seen;
  }

  /** This wait is the one to end. Asks the others first where they are, and looks once more whether it still is so. */
  #give(circle: Circle): typeof WAIT | typeof IS_DEADLOCKED {
    const { graph, registry, id, outside } = this.#membership;
    const inquiry = inquire(this.#membership, circle);
    sleep(registry, id, performance.now() + ANSWER_WAIT_MS, () => (inquiry.isOver() ? TAKEN : WAIT));
    outside?.endEnded();
    const again = search(graph, registry, this.#ticket);
    if (again === undefined) tell(registry, slotOf(id));
    if (again?.circle?.victim?.ticket !== this.#ticket) return WAIT;
    this.#circle = again.circle;
    const descriptions = [this.#describe(), ...inquiry.read()];
    this.#error = deadlockError(this.#membership, again.circle, descriptions, this.#call);
    // Before it leaves the line: those behind it are to be seen behind nobody then.
    this.#publish(undefined);
    return IS_DEADLOCKED;
  }

  #describe(): Description {
    return describe(this.#membership, this.#ticket, this.#subject, this.#facts?.holds ?? [], stackHere());
  }
}
