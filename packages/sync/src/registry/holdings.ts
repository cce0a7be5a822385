/** What this thread holds: a list through the holdings themselves, since every lock and every release changes it. */

/** A thing of which this thread has something now. */
export class Holding {
  /** Of the thing, in its registry. */
  readonly number: number;
  /** In messages: its kind, and its name or number. */
  readonly label: string;
  /** Its name, or else its label: locks of one name are one in the order of locks. */
  readonly orderName: string;
  readonly #holdings: Holdings;
  /** Where it was had, when that is recorded (lock-order.ts). */
  hadAt: string | undefined;
  /** How much of it this thread has. */
  amount = 0;
  /** In the list. */
  next: Holding | undefined;
  previous: Holding | undefined;

  constructor(number: number, label: string, orderName: string, holdings: Holdings) {
    this.number = number;
    this.label = label;
    this.orderName = orderName;
    this.#holdings = holdings;
  }

  /** Of the same registry: in another one numbers mean other things. */
  isIn(holdings: Holdings): boolean {
    return this.#holdings === holdings;
  }

  /** Has so much of it from now on. */
  set(amount: number): void {
    if (this.amount === 0) {
      if (amount !== 0) this.#holdings.add(this);
    } else if (amount === 0) this.#holdings.remove(this);
    this.amount = amount;
  }
}

export class Holdings {
  first: Holding | undefined;

  add(holding: Holding): void {
    const { first } = this;
    holding.next = first;
    if (first !== undefined) first.previous = holding;
    this.first = holding;
  }

  remove(holding: Holding): void {
    const { next, previous } = holding;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    holding.next = holding.previous = holding.hadAt = undefined;
  }

  /** Number and amount of each. An amount below 0 says something else of the thing (deadlock/wait-records.ts). */
  list(): number[] {
    const list: number[] = [];
    for (let holding = this.first; holding !== undefined; holding = holding.next)
      list.push(holding.number, holding.amount);
    return list;
  }

  find(number: number): Holding | undefined {
    for (let holding = this.first; holding !== undefined; holding = holding.next)
      if (holding.number === number) return holding;
    return undefined;
  }
}
