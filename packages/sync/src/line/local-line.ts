/**
 * The requests of one thread for one shared thing. The thread has one place in the shared line; its asynchronous requests stand in a
 * line of their own here, and the first of them uses that place. So threads take turns, however many requests each has.
 *
 * A blocking wait uses the same place, before the asynchronous requests: they could not go on meanwhile anyway.
 */
import type { News } from '../registry/news.ts';
import { WAIT, type Outcome } from '../registry/sleep.ts';

export interface Request {
  /** How much it wants, where there is more than one. */
  readonly amount: number;
  /** It was answered; not with WAIT. */
  readonly answer: (outcome: Outcome) => void;
}

/** The place of this thread in the shared line. */
export interface SharedPlace {
  /** Gets in line, at its end. */
  enter(amount: number): void;
  /** Anything but WAIT: the request is out of the line, with what it ends with. */
  look(amount: number): Outcome;
  /** Out of the line; gives back what came too late. */
  leave(amount: number): void;
  /** Goes on in the same place with another request. */
  change(from: number, to: number): void;
}

export class LocalLine {
  readonly #place: SharedPlace;
  readonly #news: News;
  readonly #requests: Request[] = [];
  /** Does the first of the requests stand in the shared line? */
  #isInLine = false;
  /** Does a blocking call have the place? */
  #isLent = false;

  constructor(place: SharedPlace, news: News) {
    this.#place = place;
    this.#news = news;
  }

  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }

  /** Waits in line behind the other requests of this thread. */
  ask(request: Request): void {
    this.#requests.push(request);
    this.#advance();
  }

  /** Takes back what was asked and has not been answered yet. */
  leave(request: Request): void {
    const at = this.#requests.indexOf(request);
    if (at < 0) return;
    this.#requests.splice(at, 1);
    if (at > 0 || !this.#isInLine) return;
    const [next] = this.#requests;
    if (next !== undefined) {
      this.#place.change(request.amount, next.amount);
      this.lookNow();
      return;
    }
    this.#isInLine = false;
    this.#news.leave(this.#look);
    this.#place.leave(request.amount);
  }

  /** For the length of `block`, a blocking call for `amount` has the place, in which it stands when that begins. */
  lend(amount: number, block: () => Outcome): Outcome {
    if (this.#isInLine) this.#place.change(this.#requests[0]!.amount, amount);
    else this.#place.enter(amount);
    this.#isLent = true;
    const outcome = block();
    this.#isLent = this.#isInLine = false;
    return outcome;
  }

  /** After `lend`, and after what its caller does with the answer: the asynchronous requests get in line again. */
  goOn(): void {
    this.#advance();
  }

  /** This thread has changed the thing by itself, of which nobody tells it. */
  lookNow(): void {
    if (this.#isInLine && this.#look()) this.#news.leave(this.#look);
  }

  /** Puts the first request in the shared line, if it is not there. */
  #advance(): void {
    const [first] = this.#requests;
    if (this.#isInLine || first === undefined) return;
    this.#isInLine = true;
    this.#place.enter(first.amount);
    this.#news.wait(this.#look);
  }

  /** Called when there is news. True: all requests were answered. */
  readonly #look = (): boolean => {
    while (this.#isInLine) {
      if (this.#isLent) return false;
      const outcome = this.#place.look(this.#requests[0]!.amount);
      if (outcome === WAIT) return false;
      this.#requests.shift()!.answer(outcome);
      const [next] = this.#requests;
      this.#isInLine = next !== undefined;
      if (next !== undefined) this.#place.enter(next.amount);
    }
    return true;
  };
}
