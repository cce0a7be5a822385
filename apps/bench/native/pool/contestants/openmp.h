// OpenMP, the compiler's own. OMP_WAIT_POLICY of the environment says how its threads wait.
#pragma once

#include <cstdint>

namespace bench {

class Pool {
 public:
  // A thread that has made 64 tasks for each of the team runs the next ones at once: nothing is queued.
  static constexpr bool kHasQueue = false;
  static constexpr bool kHasForkJoin = true;

  explicit Pool(uint32_t threads) : threads_(static_cast<int>(threads)) {}

  template <class Body>
  void runEven(uint32_t count, const Body& body) {
#pragma omp parallel for schedule(static, 1) num_threads(threads_)
    for (uint32_t index = 0; index < count; ++index) body(index);
  }

  template <class Body>
  void runUneven(uint32_t count, const Body& body) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_)
    for (uint32_t index = 0; index < count; ++index) body(index);
  }

  template <class Root>
  void enter(const Root& root) {
#pragma omp parallel num_threads(threads_)
#pragma omp single
    root();
  }

  template <class Left, class Right>
  void both(const Left& left, const Right& right) {
#pragma omp task default(shared)
    left();
    right();
#pragma omp taskwait
  }

 private:
  const int threads_;
};

}  // namespace bench
