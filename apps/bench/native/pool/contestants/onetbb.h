// oneTBB: partitioners by its guide (static for equal shares, a grain of one row where costs differ), a task group for
// tasks, parallel_invoke for two branches.
#pragma once

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>
#include <tbb/partitioner.h>
#include <tbb/task_group.h>

#include <cstdint>

namespace bench {

class Pool {
 public:
  static constexpr bool kHasQueue = true;
  static constexpr bool kHasForkJoin = true;

  explicit Pool(uint32_t threads) : control_(tbb::global_control::max_allowed_parallelism, threads) {}

  template <class Body>
  void runEven(uint32_t count, const Body& body) {
    tbb::parallel_for(Range(0, count, 1), eachOf(body), tbb::static_partitioner{});
  }

  template <class Body>
  void runUneven(uint32_t count, const Body& body) {
    tbb::parallel_for(Range(0, count, 1), eachOf(body), tbb::simple_partitioner{});
  }

  template <class Task>
  void submitAll(uint32_t count, const Task& task) {
    tbb::task_group group;
    for (uint32_t index = 0; index < count; ++index) group.run([&task] { task(); });
    group.wait();
  }

  template <class Root>
  void enter(const Root& root) {
    root();
  }

  template <class Left, class Right>
  void both(const Left& left, const Right& right) {
    tbb::parallel_invoke(left, right);
  }

 private:
  using Range = tbb::blocked_range<uint32_t>;

  template <class Body>
  static auto eachOf(const Body& body) {
    return [&body](const Range& range) {
      for (uint32_t index = range.begin(); index != range.end(); ++index) body(index);
    };
  }

  tbb::global_control control_;
};

}  // namespace bench
