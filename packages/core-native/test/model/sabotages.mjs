// Steps that the protocols of the core can't do without, each left out or weakened: a model that doesn't see one is too weak.
// Of each change, what stands once in the file, and what stands there instead.
const pool = { model: 'pool_model', file: 'pool/thread_pool.cc' };
const queue = { model: 'pool_model', file: 'pool/job_queue.cc' };
const finished = { model: 'finished_model', file: 'pool/finished_jobs.h' };
const word = { model: 'word_model', file: 'os/shared_word.cc' };

export const sabotages = [
  {
    ...pool,
    why: 'work is announced without a new epoch',
    changes: [['  epoch_.fetch_add(1, std::memory_order_seq_cst);\n  wake(workers);', '  wake(workers);']],
  },
  {
    ...pool,
    why: 'sleepers are looked for before the epoch is changed',
    changes: [
      [
        '  epoch_.fetch_add(1, std::memory_order_seq_cst);\n  wake(workers);',
        '  wake(workers);\n  epoch_.fetch_add(1, std::memory_order_seq_cst);',
      ],
    ],
  },
  {
    ...pool,
    why: 'the epoch and the count of sleepers are not in one order',
    changes: [
      [
        '  epoch_.fetch_add(1, std::memory_order_seq_cst);\n  wake(workers);',
        '  epoch_.fetch_add(1, std::memory_order_release);\n  wake(workers);',
      ],
      [
        'uint32_t sleepers = sleepers_.load(std::memory_order_seq_cst);',
        'uint32_t sleepers = sleepers_.load(std::memory_order_relaxed);',
      ],
    ],
  },
  {
    ...pool,
    why: 'a sleeper is woken without a new epoch',
    changes: [
      [
        '  // For those of them that have looked and not yet fallen asleep.\n  epoch_.fetch_add(1, std::memory_order_seq_cst);\n',
        '',
      ],
    ],
  },
  {
    ...pool,
    why: 'a worker falls asleep without looking for jobs again',
    changes: [['  if (queue_.isEmpty()) parkWhileEqual', '  parkWhileEqual']],
  },
  {
    ...pool,
    why: 'a worker looks for jobs before it says that it sleeps',
    changes: [
      [
        '  sleepers_.fetch_add(kAsleep, std::memory_order_seq_cst);',
        '  const bool isEmpty = queue_.isEmpty();\n  sleepers_.fetch_add(kAsleep, std::memory_order_seq_cst);',
      ],
      ['  if (queue_.isEmpty()) parkWhileEqual', '  if (isEmpty) parkWhileEqual'],
    ],
  },
  {
    ...pool,
    why: 'a wake-up is not used up by who goes',
    changes: [['sleepers - kAsleep - (sleepers >= kWoken ? kWoken : 0)', 'sleepers - kAsleep']],
  },
  {
    ...pool,
    why: 'a job wakes nobody',
    changes: [['  queue_.push(job);\n  wake(1);', '  queue_.push(job);']],
  },
  {
    ...pool,
    why: 'sleepers are looked for before the job is queued',
    changes: [['  queue_.push(job);\n  wake(1);', '  wake(1);\n  queue_.push(job);']],
  },
  {
    ...pool,
    why: 'jobs that are moved on wake nobody',
    changes: [
      [
        '  const JobQueue::Taken taken = queue_.take();\n  if (taken.shown != 0) wake(taken.shown);',
        '  const JobQueue::Taken taken = queue_.take();',
      ],
    ],
  },
  {
    ...pool,
    why: 'jobs that stay when others are taken back wake nobody',
    changes: [['queue_.remove(owner);\n  if (taken.shown != 0) wake(taken.shown);', 'queue_.remove(owner);']],
  },
  {
    ...queue,
    why: 'a job is queued without publishing it',
    changes: [
      [
        'inbox_.compare_exchange_weak(youngest, job, std::memory_order_seq_cst',
        'inbox_.compare_exchange_weak(youngest, job, std::memory_order_relaxed',
      ],
    ],
  },
  {
    ...queue,
    why: 'the inbox and the count of sleepers are not in one order',
    changes: [
      [
        'inbox_.compare_exchange_weak(youngest, job, std::memory_order_seq_cst',
        'inbox_.compare_exchange_weak(youngest, job, std::memory_order_release',
      ],
    ],
  },
  {
    ...queue,
    why: 'the inbox is taken without what lies in it',
    changes: [
      ['inbox_.exchange(nullptr, std::memory_order_acquire)', 'inbox_.exchange(nullptr, std::memory_order_relaxed)'],
    ],
  },
  {
    ...queue,
    why: 'the inbox is not turned round',
    changes: [
      [
        `  while (youngest != nullptr) {
    Job* const next = youngest->next;
    youngest->next = older_;
    older_ = youngest;
    youngest = next;
  }`,
        '  older_ = youngest;',
      ],
    ],
  },
  {
    ...queue,
    why: 'the inbox is taken before older jobs have gone',
    changes: [['    if (older_ == nullptr) takeInbox();', '    takeInbox();']],
  },
  {
    ...queue,
    why: 'a row that another has filled meanwhile is filled again',
    changes: [['    if ((row_.load(std::memory_order_relaxed) & kCountMask) != 0) continue;', '    ']],
  },
  {
    ...queue,
    why: 'a filled row looks as it did before',
    changes: [['row / kFilling * kFilling + kFilling + more', 'row / kFilling * kFilling + more']],
  },
  {
    ...queue,
    why: 'a place of the row is read after its job was taken',
    changes: [
      ['    Job* const job = jobs_[(row & kFirstMask) / kFirst].load(std::memory_order_relaxed);\n', ''],
      [
        '      return job;\n    }\n  }',
        '      return jobs_[(row & kFirstMask) / kFirst].load(std::memory_order_relaxed);\n    }\n  }',
      ],
    ],
  },
  {
    ...queue,
    why: 'the row is filled without publishing it',
    changes: [
      ['more + count * kCount, std::memory_order_seq_cst)', 'more + count * kCount, std::memory_order_relaxed)'],
    ],
  },
  {
    ...queue,
    why: 'the row and the count of sleepers are not in one order',
    changes: [
      ['more + count * kCount, std::memory_order_seq_cst)', 'more + count * kCount, std::memory_order_release)'],
    ],
  },
  {
    ...queue,
    why: 'the row is taken from without what its filling published',
    changes: [
      [
        'uint64_t row = row_.load(std::memory_order_acquire);\n  while',
        'uint64_t row = row_.load(std::memory_order_relaxed);\n  while',
      ],
      [
        'std::memory_order_acq_rel, std::memory_order_acquire)',
        'std::memory_order_release, std::memory_order_relaxed)',
      ],
    ],
  },
  {
    ...queue,
    why: 'nobody is told of the jobs behind the row',
    changes: [['const uint64_t more = older_ == nullptr ? 0 : kMore;', 'const uint64_t more = 0;']],
  },
  {
    ...queue,
    why: 'who takes jobs back leaves those in the row',
    changes: [
      [
        '  for (Job* job = takeFromRow(); job != nullptr; job = takeFromRow()) {',
        '  for (Job* job = nullptr; job != nullptr;) {',
      ],
    ],
  },
  {
    ...pool,
    why: 'a worker looks for work before it reads the epoch',
    changes: [
      ['    const uint32_t epoch = epoch_.load(std::memory_order_seq_cst);\n', ''],
      [
        '    awaitNews(index, epoch, patience);',
        '    awaitNews(index, epoch_.load(std::memory_order_seq_cst), patience);',
      ],
    ],
  },
  {
    ...pool,
    why: 'a new size does not wake those who count',
    changes: [
      [
        `  unpark(resized_, static_cast<int>(kThreadsMax));
  epoch_.fetch_add(1, std::memory_order_seq_cst);
  unpark(epoch_, static_cast<int>(kThreadsMax));`,
        '  unpark(resized_, static_cast<int>(kThreadsMax));',
      ],
    ],
  },
  {
    ...pool,
    why: 'a region is opened without publishing it',
    changes: [
      [
        '  slot->state.store(kOpen | seats * kSeat, std::memory_order_release);\n  open_.fetch_or(bit, std::memory_order_release);\n  announce(seats);',
        '  open_.fetch_or(bit, std::memory_order_release);\n  announce(seats);\n  slot->state.store(kOpen | seats * kSeat, std::memory_order_relaxed);',
      ],
    ],
  },
  {
    ...pool,
    why: 'a worker leaves without publishing what it wrote',
    changes: [
      [
        'slot.state.fetch_add(kSeat - kInside, std::memory_order_acq_rel)',
        'slot.state.fetch_add(kSeat - kInside, std::memory_order_relaxed)',
      ],
    ],
  },
  {
    ...pool,
    why: 'an owner sleeps though nobody is inside any more',
    changes: [['  if ((state & kInsideMask) == 0) return;\n  while (slot.done', '  while (slot.done']],
  },
  {
    ...pool,
    why: 'an owner reads its wake-up after it has said that it sleeps',
    changes: [
      [
        `  const uint32_t done = slot.done.load(std::memory_order_relaxed);
  // From here on the worker that brings the count to zero sees the flag and bumps \`done\`, exactly once.
  state = slot.state.fetch_or(kOwnerSleeps, std::memory_order_acq_rel);`,
        `  state = slot.state.fetch_or(kOwnerSleeps, std::memory_order_acq_rel);
  const uint32_t done = slot.done.load(std::memory_order_relaxed);`,
      ],
    ],
  },
  {
    ...pool,
    why: 'the last worker to leave does not wake the owner',
    changes: [['        unpark(slot.done, 1);', '']],
  },
  {
    ...word,
    why: 'the end is not a change of the word',
    changes: [['    word_->fetch_add(1);\n', '']],
  },
  {
    ...word,
    why: 'the end is a change before it is said',
    changes: [
      [
        '    isEnding_.store(true);\n    word_->fetch_add(1);',
        '    word_->fetch_add(1);\n    wakeWord(word_);\n    isEnding_.store(true);',
      ],
    ],
  },
  {
    ...word,
    why: 'a change is taken as told after it was told',
    changes: [
      ['    seen_ = now;\n    addToEventFd(event_, 1);', '    addToEventFd(event_, 1);\n    seen_ = word_->load();'],
    ],
  },
  {
    ...finished,
    why: 'a job that has run is not published',
    changes: [
      [
        'job, std::memory_order_release, std::memory_order_relaxed',
        'job, std::memory_order_relaxed, std::memory_order_relaxed',
      ],
    ],
  },
  {
    ...finished,
    why: 'the owner takes jobs that have run without seeing what they wrote',
    changes: [['exchange(nullptr, std::memory_order_acquire)', 'exchange(nullptr, std::memory_order_relaxed)']],
  },
  {
    ...finished,
    why: 'who reports the first job does not wake the owner',
    changes: [['return youngest == nullptr;', 'return youngest != nullptr;']],
  },
  {
    ...finished,
    why: 'a worker leaves without publishing what it did',
    changes: [
      ['left_.fetch_add(kLeft, std::memory_order_acq_rel)', 'left_.fetch_add(kLeft, std::memory_order_relaxed)'],
    ],
  },
  {
    ...finished,
    why: 'the owner frees what workers wrote without seeing it',
    changes: [
      ['left_.fetch_or(kClosing, std::memory_order_acq_rel)', 'left_.fetch_or(kClosing, std::memory_order_relaxed)'],
      ['left = left_.load(std::memory_order_acquire);', 'left = left_.load(std::memory_order_relaxed);'],
    ],
  },
  {
    ...finished,
    why: 'the last worker to leave does not wake the owner that ends',
    changes: [['& kClosing) != 0) unpark(left_, 1);', '& kClosing) != 0) return;']],
  },
  {
    ...finished,
    why: 'an owner that ends does not say that it waits',
    changes: [
      [
        'left_.fetch_or(kClosing, std::memory_order_acq_rel) | kClosing',
        'left_.load(std::memory_order_acquire) | kClosing',
      ],
    ],
  },
  {
    ...finished,
    why: 'the owner ends without waiting',
    changes: [['    while (left != all) {', '    while (left == 0) {']],
  },
];
