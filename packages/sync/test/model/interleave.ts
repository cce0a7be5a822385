/**
 * Runs functions of a protocol one atomic access at a time, through every order of the accesses of all parties, with deaths in between: as
 * explore.ts, for what is no lock. Each function is called again from its beginning after each access, is given what its accesses gave
 * before, and is stopped at the next by an exception.
 *
 * An access to a word that is not among `words` is made with the one before it.
 */

type Word = Int32Array | BigInt64Array;
export type Value = number | bigint | boolean;

export interface Plan {
  readonly run: () => void;
  /** May it end at any point? */
  readonly mayDie?: boolean;
  /** Does it begin only when this is so? */
  readonly when?: (state: StateView) => boolean;
}

export interface StateView {
  read(array: Word, index: number): Value;
  readonly lives: readonly Life[];
}

type Life = 'running' | 'done' | 'dead';

interface State {
  readonly memory: ReadonlyMap<string, Value>;
  /** What the accesses of each gave; of those that others can tell, as text. */
  readonly logs: readonly (readonly Value[])[];
  readonly pasts: readonly string[];
  readonly lives: readonly Life[];
}

const STOP = new Error('stopped before the next access');

export class Interleaving {
  readonly #names = new Map<Word, string>();
  readonly #seenWords: (array: Word, index: number) => boolean;
  readonly #turns: Word | undefined;
  #memory = new Map<string, Value>();
  #log: Value[] = [];
  #past = '';
  #at = 0;
  #hasStepped = false;
  #isFree = true;
  #lives: readonly Life[] = [];

  /**
   * `isSeen`: can others tell when this word is accessed? `turns`: a function that comes to another word of it carries nothing along from
   * the ones before, so these are no part of the state.
   */
  constructor(arrays: Readonly<Record<string, Word>>, isSeen: (array: Word, index: number) => boolean, turns?: Word) {
    this.#turns = turns;
    for (const [name, array] of Object.entries(arrays)) this.#names.set(array, name);
    this.#seenWords = isSeen;
  }

  /** What no protocol here looks at is no part of the state: what a write found, by how much a word for news has grown. */
  readonly atomics = {
    load: (array: Word, index: number): Value => {
      const turn = `@${index}:`;
      const isNew = this.#at === this.#log.length && array === this.#turns && !this.#past.startsWith(turn);
      return this.#access(array, index, (value) => {
        if (isNew) this.#past = turn;
        return [value, value];
      });
    },
    store: (array: Word, index: number, to: Value): Value => this.#access(array, index, () => [0, to]),
    add: (array: Word, index: number): Value =>
      this.#access(array, index, () => [0, ((array[index] as number) + 1) | 0]),
    and: (array: Word, index: number, by: number): Value =>
      this.#access(array, index, (value) => [0, (value as number) & by]),
    compareExchange: (array: Word, index: number, expected: Value, to: Value): Value =>
      this.#access(array, index, (value) =>
        value === expected ? [expected, to] : [typeof expected === 'bigint' ? ~expected : ~Number(expected), value],
      ),
    notify: (): number => 0,
  };

  /** Something else that can be told apart by its time. */
  observe(look: (lives: readonly Life[]) => boolean): boolean {
    return this.#step(false, () => look(this.#lives)) as boolean;
  }

  #access(array: Word, index: number, change: (value: Value) => readonly [gives: Value, becomes: Value]): Value {
    return this.#step(!this.#seenWords(array, index), () => {
      const [gives, becomes] = change(this.#read(array, index));
      this.#memory.set(`${this.#names.get(array)}[${index}]`, becomes);
      return gives;
    });
  }

  #read(array: Word, index: number): Value {
    return this.#memory.get(`${this.#names.get(array)}[${index}]`) ?? array[index]!;
  }

  #step(isUnseen: boolean, make: () => Value): Value {
    if (this.#at < this.#log.length) return this.#log[this.#at++]!;
    if (!isUnseen && !this.#isFree) {
      if (this.#hasStepped) throw STOP;
      this.#hasStepped = true;
    }
    const value = make();
    this.#log.push(value);
    if (!isUnseen) this.#past += `${value},`;
    this.#at++;
    return value;
  }

  /**
   * Every order. `check` is asked in every state, and `checkEnd` when nobody can go on, where it may call the protocol: what it writes is
   * forgotten. Both give a sentence when something is wrong. The exploration ends with the first.
   */
  explore(
    plans: readonly Plan[],
    deaths: number,
    check: (view: StateView) => string | undefined,
    checkEnd: (view: StateView) => string | undefined,
  ): { states: number; ends: number; fault: string | undefined } {
    const seen = new Set<string>();
    const open: State[] = [
      { memory: new Map(), logs: plans.map(() => []), pasts: plans.map(() => ''), lives: plans.map(() => 'running') },
    ];
    let ends = 0;
    while (open.length > 0) {
      const state = open.pop()!;
      const { logs, pasts, lives } = state;
      const memory = [...state.memory].map(([word, value]) => `${word}=${value}`).toSorted();
      const key = `${memory.join()}|${pasts.join('|')}|${lives.join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const view: StateView = { read: (array, index) => this.#read(array, index), lives };
      const enter = () => {
        this.#memory = new Map(state.memory);
        this.#lives = lives;
      };
      enter();
      const fault = check(view);
      if (fault !== undefined) return { states: seen.size, ends, fault };
      let canGoOn = false;
      for (const [party, { run, mayDie, when }] of plans.entries()) {
        if (lives[party] !== 'running') continue;
        enter();
        if (when?.(view) === false) continue;
        canGoOn = true;
        const isAtEnd = this.#run(run, logs[party]!, pasts[party]!);
        open.push({
          memory: this.#memory,
          // What it has done is no part of the state any more.
          logs: logs.with(party, isAtEnd ? [] : this.#log),
          pasts: pasts.with(party, isAtEnd ? '' : this.#past),
          lives: isAtEnd ? lives.with(party, 'done') : lives,
        });
        const deadAlready = lives.filter((life) => life === 'dead').length;
        if (mayDie === true && deadAlready < deaths)
          open.push({
            memory: state.memory,
            logs: logs.with(party, []),
            pasts: pasts.with(party, ''),
            lives: lives.with(party, 'dead'),
          });
      }
      if (canGoOn) continue;
      ends++;
      enter();
      this.#isFree = true;
      this.#log = [];
      this.#at = 0;
      const late = checkEnd(view);
      if (late !== undefined) return { states: seen.size, ends, fault: late };
    }
    return { states: seen.size, ends, fault: undefined };
  }

  #run(run: () => void, log: readonly Value[], past: string): boolean {
    this.#log = [...log];
    this.#past = past;
    this.#at = 0;
    this.#hasStepped = false;
    this.#isFree = false;
    try {
      run();
      return true;
    } catch (error) {
      if (error !== STOP) throw error;
      return false;
    } finally {
      this.#isFree = true;
    }
  }
}
