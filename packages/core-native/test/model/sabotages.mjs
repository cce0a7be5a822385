// Steps that the protocols of the core can't do without, each left out or weakened: a model that doesn't see one is too weak.
// Of each change, what stands once in the file, and what stands there instead.
const pool = { model: 'pool_model', file: 'pool/thread_pool.cc' };
const word = { model: 'word_model', file: 'os/shared_word.cc' };

export const sabotages = [
  {
    ...pool,
    why: 'work is announced without a new epoch',
    changes: [
      ['  epoch_.fetch_add(1, std::memory_order_seq_cst);\n  const uint32_t sleepers', '  const uint32_t sleepers'],
    ],
  },
  {
    ...pool,
    why: 'the count of sleepers is read before the epoch is changed',
    changes: [
      [
        `  epoch_.fetch_add(1, std::memory_order_seq_cst);
  const uint32_t sleepers = sleepers_.load(std::memory_order_seq_cst);`,
        `  const uint32_t sleepers = sleepers_.load(std::memory_order_seq_cst);
  epoch_.fetch_add(1, std::memory_order_seq_cst);`,
      ],
    ],
  },
  {
    ...pool,
    why: 'the epoch and the count of sleepers are not in one order',
    changes: [
      [
        `  epoch_.fetch_add(1, std::memory_order_seq_cst);
  const uint32_t sleepers = sleepers_.load(std::memory_order_seq_cst);`,
        `  epoch_.fetch_add(1, std::memory_order_release);
  const uint32_t sleepers = sleepers_.load(std::memory_order_relaxed);`,
      ],
    ],
  },
  {
    ...pool,
    why: 'a worker looks for work before it reads the epoch',
    changes: [
      ['    const uint32_t epoch = epoch_.load(std::memory_order_seq_cst);\n', ''],
      [
        '    bool isNew = false;',
        '    const uint32_t epoch = epoch_.load(std::memory_order_seq_cst);\n    bool isNew = false;',
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
];
