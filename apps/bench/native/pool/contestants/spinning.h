// What the machine allows: the calling thread and others that wait for it by spinning, without end and without a
// pause. No pool for a program that shares its machine: it burns its processors while there is nothing to do.
//
//   word              | writer                       | readers
//   ------------------+------------------------------+-------------------------------------------------------------
//   call_, context_,  | the calling thread, before   | workers, after they saw the new epoch (release, acquire)
//   count_, isEven_   | it bumps epoch_              |
//   epoch_            | the calling thread           | workers: a new value is a new region
//   next_             | everybody                    | everybody: the next index to take
//   busy_             | the calling thread sets it,  | the calling thread: 0 is the end of the region, with what the
//                     | each worker takes one off    | workers wrote in it (release, acquire)
//
// No worker misses a region: the next one begins when all have taken themselves off busy_.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace bench {

class Pool {
 public:
  static constexpr bool kHasQueue = false;
  static constexpr bool kHasForkJoin = false;

  explicit Pool(uint32_t threads) : workers_(threads - 1) {
    for (uint32_t worker = 0; worker < workers_; ++worker) std::thread([this, worker] { serve(worker); }).detach();
  }

  template <class Body>
  void runEven(uint32_t count, const Body& body) {
    run(count, body, true);
  }

  template <class Body>
  void runUneven(uint32_t count, const Body& body) {
    run(count, body, false);
  }

 private:
  static constexpr int kLineBytes = 128;

  template <class Body>
  void run(uint32_t count, const Body& body, bool isEven) {
    call_ = [](const void* context, uint32_t index) { (*static_cast<const Body*>(context))(index); };
    context_ = &body;
    count_ = count;
    isEven_ = isEven;
    next_.store(0, std::memory_order_relaxed);
    busy_.store(workers_, std::memory_order_relaxed);
    epoch_.fetch_add(1, std::memory_order_release);
    take(workers_);
    while (busy_.load(std::memory_order_acquire) != 0) {
    }
  }

  /** Equal chunks in turn, as they were shared out beforehand; others as they come. */
  void take(uint32_t thread) {
    if (isEven_) {
      for (uint32_t index = thread; index < count_; index += workers_ + 1) call_(context_, index);
      return;
    }
    for (;;) {
      const uint32_t index = next_.fetch_add(1, std::memory_order_relaxed);
      if (index >= count_) return;
      call_(context_, index);
    }
  }

  void serve(uint32_t thread) {
    for (uint32_t seen = 0;;) {
      const uint32_t epoch = epoch_.load(std::memory_order_acquire);
      if (epoch == seen) continue;
      seen = epoch;
      take(thread);
      busy_.fetch_sub(1, std::memory_order_release);
    }
  }

  const uint32_t workers_;
  void (*call_)(const void* context, uint32_t index) = nullptr;
  const void* context_ = nullptr;
  uint32_t count_ = 0;
  bool isEven_ = false;
  alignas(kLineBytes) std::atomic<uint32_t> epoch_{0};
  alignas(kLineBytes) std::atomic<uint32_t> next_{0};
  alignas(kLineBytes) std::atomic<uint32_t> busy_{0};
};

}  // namespace bench
