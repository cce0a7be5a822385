/** Asynchronous calls that wait for each other, in one thread and with others; and what only looks like it. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Barrier, coded, failure, Mutex, Once, reports, RwLock, says, Semaphore, start, until } from '../support.ts';

type Lock = ReturnType<typeof Mutex.create>;
const TIMEOUT_MS = 600_000;

/** Resolves for all once `count` have come. */
function meeting(count: number): () => Promise<void> {
  let open!: () => void;
  const met = new Promise<void>((resolve) => (open = resolve));
  let here = 0;
  return () => {
    if (++here === count) open();
    return met;
  };
}

/** So many turns of the event loop, in which whoever searches has searched. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

async function codesOf(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(calls);
  return results.map((result) =>
    result.status === 'fulfilled' ? 'well' : ((result.reason as { code?: unknown }).code ?? result.reason),
  );
}

const deadlock = (): unknown => expect.objectContaining({ name: 'DeadlockError', code: 'SYNC_DEADLOCK' }) as unknown;

/** Holds a lock for the length of `fn`, and waits in it for another; `fn` of the calls must not return a value to be seen through. */
const KINDS = {
  withLock: () => {
    const lock = Mutex.create();
    return (fn: () => Promise<void>) => lock.withLock(fn);
  },
  withWrite: () => {
    const lock = RwLock.create();
    return (fn: () => Promise<void>) => lock.withWrite(fn);
  },
  withPermit: () => {
    const semaphore = Semaphore.create(1);
    return (fn: () => Promise<void>) => semaphore.withPermit(fn);
  },
  run: () => {
    const doing = Once.create();
    return (fn: () => Promise<void>) => doing.run(fn) as Promise<unknown>;
  },
};

describe('in one thread, in a circle', () => {
  const cases = [2, 3, 5].flatMap((size) => Object.keys(KINDS).map((kind) => [size, kind] as const));
  it.each(cases)('of %i, %s: one fails, the others go on', async (size, kind) => {
    const locks = Array.from({ length: size }, () => KINDS[kind as keyof typeof KINDS]());
    const meet = meeting(size);
    const calls = locks.map((lock, index) =>
      lock(async () => {
        await meet();
        await locks[(index + 1) % size]!(async () => {});
      }),
    );
    const codes = await codesOf(calls);
    expect(codes.filter((code) => code !== 'well')).toEqual(['SYNC_DEADLOCK']);
  });

  it('names who waits where', async () => {
    const [a, b] = [Mutex.create({ name: 'accounts' }), Mutex.create({ name: 'books' })];
    const meet = meeting(2);
    const [first, second] = await Promise.all([
      failure(
        a.withLock(async () => {
          await meet();
          await b.lock();
        }),
      ),
      failure(
        b.withLock(async () => {
          await meet();
          await a.lock();
        }),
      ),
    ]);
    const failed = (first === 'it did not fail' ? second : first) as Error & { waits: unknown[] };
    expect(failed).toEqual(deadlock());
    expect(failed.message).toContain('mutex "accounts"');
    expect(failed.message).toContain('mutex "books"');
    expect(failed.message.split('async.test.ts').length).toBeGreaterThan(2);
    expect(failed.waits).toMatchObject([{ isBlocked: false, reason: 'has it' }, { reason: 'has it' }]);
  });

  it('also through several functions, and when the promise is just passed on', async () => {
    const [a, b, c] = [Mutex.create(), Mutex.create(), Mutex.create()];
    const meet = meeting(2);
    const calls = [
      a.withLock(async () => {
        await b.withLock(async () => {
          await meet();
          await c.lock();
        });
      }),
      c.withLock(async () => {
        await meet();
        await a.withLock(() => {});
      }),
    ];
    expect((await codesOf(calls)).toSorted()).toEqual(['SYNC_DEADLOCK', 'well']);
    const [d, e] = [Mutex.create(), Mutex.create()];
    const passedOn = [
      d.withLock(() => e.withLock(() => {})),
      e.withLock(async () => {
        await d.withLock(() => {});
      }),
    ];
    expect((await codesOf(passedOn)).toSorted()).toEqual(['SYNC_DEADLOCK', 'well']);
  });
});

describe('with threads that block', () => {
  const worker = (lock: Lock, steps: object[], things: object) =>
    start(
      {
        steps,
        words: new SharedArrayBuffer(32),
        handles: Object.fromEntries(
          Object.entries(things).map(([name, thing]) => [
            name,
            { kind: (thing as Lock).constructor.name, handle: (thing as Lock).handle },
          ]),
        ),
      },
      {},
      'deadlock.mjs',
    );

  it('one of the two fails', { timeout: TIMEOUT_MS }, async () => {
    const [a, b] = [Mutex.create({ name: 'a' }), Mutex.create({ name: 'b' })];
    const other = worker(
      a,
      [
        ['lock', 'b'],
        ['say', 'has b'],
        ['lock', 'a'],
      ],
      { a, b },
    );
    const ended = reports(other);
    await says(other);
    const [code] = await codesOf([
      a.withLock(async () => {
        await b.lock();
      }),
    ]);
    const { ended: report } = (await ended) as { ended: string };
    // Who was not in time for the circle went on.
    expect([code, report].filter((each) => each !== 'well')).toHaveLength(code === 'well' && report === 'well' ? 0 : 1);
  });

  it('whoever comes last', { timeout: TIMEOUT_MS }, async () => {
    const [a, b] = [Mutex.create({ name: 'a' }), Mutex.create({ name: 'b' })];
    let other!: ReturnType<typeof worker>;
    let report!: Promise<unknown>;
    const [code] = await codesOf([
      a.withLock(async () => {
        other = worker(
          a,
          [
            ['lock', 'b'],
            ['say', 'has b'],
            ['lock', 'a'],
          ],
          { a, b },
        );
        report = reports(other);
        await says(other);
        await b.lock();
      }),
    ]);
    const { ended } = (await report) as { ended: string };
    expect([code, ended].toSorted()).toEqual(['SYNC_DEADLOCK', 'well']);
  });
});

describe('no deadlock, though it looks like one:', () => {
  /** Somebody has `b` and waits for `a`, while `holdsA` has `a` and waits for `b` in its own way. */
  async function check(holdsA: (a: Lock, b: Lock, stop: Promise<void>) => Promise<unknown>): Promise<void> {
    const [a, b] = [Mutex.create(), Mutex.create()];
    let end!: () => void;
    const stop = new Promise<void>((resolve) => (end = resolve));
    const meet = meeting(2);
    const calls = [
      (async () => {
        await meet();
        await holdsA(a, b, stop);
      })(),
      (async () => {
        await b.withLock(async () => {
          await meet();
          await until(() => a.tryLock()?.release() === undefined && isTaken(a));
          await a.withLock(() => {});
        });
      })(),
    ];
    await turns(50);
    end();
    expect(await codesOf(calls)).toEqual(['well', 'well']);
    a.tryLock()!.release();
    await b.withLock(() => {});
  }
  function isTaken(lock: Lock): boolean {
    const guard = lock.tryLock();
    guard?.release();
    return guard === undefined;
  }

  it('what is waited for is only one of two', async () => {
    await check((a, b, stop) =>
      a.withLock(async () => {
        await Promise.race([b.withLock(() => {}), stop]);
      }),
    );
  });

  it('an inner function waits, and the outer for something else as well', async () => {
    await check((a, b, stop) =>
      a.withLock(async () => {
        const inner = async () => {
          await b.withLock(() => {});
        };
        await Promise.race([inner(), stop]);
      }),
    );
  });

  it('an inner function waits, and the outer has returned with something else as well', async () => {
    await check((a, b, stop) =>
      a.withLock(async () => {
        const inner = async () => {
          await b.withLock(() => {});
        };
        return Promise.race([inner(), stop]);
      }),
    );
  });

  it('a promise made by hand', async () => {
    await check((a, b, stop) =>
      a.withLock(async () => {
        await new Promise<void>((resolve, reject) => {
          b.withLock(() => {}).then(resolve, reject);
          void stop.then(resolve);
        });
      }),
    );
  });

  it('the wait is nobody’s, the function waits for something else', async () => {
    await check((a, b, stop) =>
      a.withLock(async () => {
        void b.withLock(() => {});
        await stop;
      }),
    );
  });

  it('the function waits for it later', async () => {
    await check((a, b, stop) =>
      a.withLock(async (guard) => {
        const waiting = b.withLock(() => {});
        await stop;
        guard.release();
        await waiting;
      }),
    );
  });

  it('the guard is released by others', async () => {
    await check((a, b, stop) =>
      a.withLock(async (guard) => {
        void stop.then(() => guard.release());
        await b.withLock(() => {});
      }),
    );
    await check((a, b, stop) =>
      // oxlint-disable-next-line prefer-arrow-callback -- it reaches its guard in another way
      a.withLock(async function () {
        // oxlint-disable-next-line prefer-rest-params -- the same
        const [guard] = arguments as unknown as [{ release(): void }];
        void stop.then(() => guard.release());
        await b.withLock(() => {});
      }),
    );
  });

  it('a guard outside of a function', async () => {
    await check(async (a, b, stop) => {
      const guard = await a.lock();
      void stop.then(() => guard.release());
      await b.withLock(() => {});
    });
  });

  it('another waits in the function of its holder', async () => {
    const [a, b] = [Mutex.create(), Mutex.create()];
    let hand!: (wait: Promise<unknown>) => void;
    const handed = new Promise<{ wait: Promise<unknown> }>((resolve) => (hand = (wait) => resolve({ wait })));
    let end!: () => void;
    const stop = new Promise<void>((resolve) => (end = resolve));
    const c = Mutex.create();
    const meet = meeting(3);
    const calls = [
      // Begins the wait, and goes on without it.
      a.withLock(async () => {
        await meet();
        hand(b.withLock(() => {}));
        await stop;
      }),
      // Waits for it, and holds nothing that anybody wants.
      c.withLock(async () => {
        await meet();
        const { wait } = await handed;
        await wait;
      }),
      b.withLock(async () => {
        await meet();
        await handed;
        await a.withLock(() => {});
      }),
    ];
    await turns(50);
    end();
    expect(await codesOf(calls)).toEqual(['well', 'well', 'well']);
  });

  it('waits with a limit or a signal end by themselves', async () => {
    const [a, b] = [Mutex.create(), Mutex.create()];
    const meet = meeting(2);
    const abort = new AbortController();
    const calls = [
      a.withLock(async () => {
        await meet();
        await b.lock({ signal: abort.signal });
      }),
      b.withLock(async () => {
        await meet();
        await a.withLock(() => {});
      }),
    ];
    await turns(50);
    abort.abort(new Error('no more'));
    expect(await codesOf(calls)).toEqual([new Error('no more'), 'well']);
    const again = meeting(2);
    const late = [
      a.withLock(async () => {
        await again();
        await b.lock({ timeoutMs: 5 });
      }),
      b.withLock(async () => {
        await again();
        await a.withLock(() => {});
      }),
    ];
    expect(await codesOf(late)).toEqual(['SYNC_TIMEOUT', 'well']);
  });

  it('readers read together', async () => {
    const [a, b] = [RwLock.create(), RwLock.create()];
    const meet = meeting(2);
    const calls = [
      a.withRead(async () => {
        await meet();
        await b.withRead(() => {});
      }),
      b.withRead(async () => {
        await meet();
        await a.withRead(() => {});
      }),
    ];
    expect(await codesOf(calls)).toEqual(['well', 'well']);
  });

  it('a thread in the circle has ended', { timeout: TIMEOUT_MS }, async () => {
    const [a, b] = [Mutex.create(), Mutex.create()];
    const guard = await a.lock();
    const handles = {
      a: { kind: 'Mutex', handle: a.handle },
      b: { kind: 'Mutex', handle: b.handle },
    };
    const steps = [
      ['lock', 'b'],
      ['say', 'has b'],
      ['lock', 'a'],
    ];
    const other = start({ steps, handles, words: new SharedArrayBuffer(32) }, {}, 'deadlock.mjs');
    await says(other);
    void other.terminate();
    await once(other, 'exit');
    guard.release();
    let wasAbandoned = false;
    await a.withLock(async () => {
      const next = await b.lock();
      wasAbandoned = next.abandoned;
      next.repair();
      next.release();
    });
    expect(wasAbandoned).toBe(true);
  });

  it('a barrier that all reach', async () => {
    const barrier = Barrier.create(1);
    const lock = Mutex.create();
    await lock.withLock(async () => {
      await barrier.wait();
    });
    expect(await failure(lock.withLock(() => lock.lock()))).toEqual(coded('SYNC_RELOCK'));
  });
});
