// Loops over a range on the pool. The body is called as body(begin, end, participant) for chunks of at most `grain`
// elements; chunks are handed out in ascending order, and how many threads take part never changes where they are cut.
// That is what keeps results independent of the thread count: anything that is combined is combined per chunk.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "pool/thread_pool.h"

namespace heddle {

/**
 * How a kernel runs: on how many threads at a time, and the flag that stops it between chunks (may be null).
 * `participants` bounds the index that chunks get: scratch with a part per participant is sized by it, from the very
 * context that the loop is given.
 */
struct RunContext {
  uint32_t threads = 1;
  const std::atomic<uint32_t>* cancel = nullptr;
  uint32_t participants = threads == 1 ? 1 : ThreadPool::instance().threads() + 1;

  bool isCancelled() const { return cancel != nullptr && cancel->load(std::memory_order_relaxed) != 0; }
};

/** True if the whole range was handled, false if the flag stopped it. The body must not throw. Does not allocate. */
template <class Body>
bool parallelFor(const RunContext& context, uint64_t count, uint64_t grain, Body&& body) {
  using Plain = std::remove_reference_t<Body>;
  const Region region{[](void* data, uint64_t begin, uint64_t end, uint32_t participant) {
                        (*static_cast<Plain*>(data))(begin, end, participant);
                      },
                      const_cast<void*>(static_cast<const void*>(&body)),
                      count,
                      grain,
                      context.threads,
                      context.participants,
                      context.cancel};
  return ThreadPool::instance().run(region);
}

}  // namespace heddle
