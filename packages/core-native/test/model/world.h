// The threads of a model, and a futex for them.
//
// The first `callers` threads run the scenario; the others are those that the source starts for itself, some of which
// never end. When the last caller has ended, the world is over: who sleeps then, or falls asleep later, is thrown out
// of the source (`End`). A caller that sleeps although nobody will wake it is a deadlock, which Relacy reports.
#pragma once

#include "relacy_std.h"

namespace heddle::model {

constexpr unsigned kThreadsMost = 6;

struct End {};

struct World {
  /** Where each thread sleeps: null while it doesn't. Taken and set without a step of the model between. */
  const void* asleepOn[kThreadsMost] = {};
  rl::mutex mutexes[kThreadsMost];
  rl::condition_variable woken[kThreadsMost];
  void (*begin[kThreadsMost])(void*) = {};
  void* argument[kThreadsMost] = {};
  unsigned callers;
  unsigned threads;
  unsigned ended = 0;
  bool isOver = false;

  World(unsigned callers, unsigned threads) : callers(callers), threads(threads) {}
};

inline World* world = nullptr;

inline void sleepHere(unsigned me) {
  World& all = *world;
  const Place at = Place::here();
  all.mutexes[me].lock(at);
  while (all.asleepOn[me] != nullptr) all.woken[me].wait(all.mutexes[me], at);
  all.mutexes[me].unlock(at);
  if (all.isOver) throw End{};
}

inline void wakeThread(unsigned thread) {
  const Place at = Place::here();
  world->mutexes[thread].lock(at);
  world->woken[thread].notify_all(at);
  world->mutexes[thread].unlock(at);
}

/** Compare and sleep are one step, and the compare sees the latest value, as the kernel's does. */
inline void futexWait(std::ModelAtomic<uint32_t>& word, uint32_t value) {
  const unsigned me = rl::thread_index();
  const uint32_t now = word.latest();
  if (world->isOver) throw End{};
  if (now != value) return;
  world->asleepOn[me] = &word;
  sleepHere(me);
}

/** Which of the sleepers are woken is the kernel's choice: any. */
inline void futexWake(const std::ModelAtomic<uint32_t>& word, unsigned count) {
  std::vector<unsigned> woken;
  for (;;) {
    std::vector<unsigned> asleep;
    for (unsigned thread = 0; thread < world->threads; ++thread) {
      if (world->asleepOn[thread] == &word) asleep.push_back(thread);
    }
    if (asleep.empty() || woken.size() == count) break;
    const unsigned chosen = asleep[asleep.size() == 1 ? 0 : rl::rand(static_cast<unsigned>(asleep.size()))];
    world->asleepOn[chosen] = nullptr;
    woken.push_back(chosen);
  }
  for (const unsigned thread : woken) wakeThread(thread);
}

/** Begins the next thread that the source starts for itself. False: the model has no more. */
inline bool startThread(void (*begin)(void*), void* argument) {
  for (unsigned thread = world->callers; thread < world->threads; ++thread) {
    if (world->begin[thread] != nullptr) continue;
    world->begin[thread] = begin;
    world->argument[thread] = argument;
    world->asleepOn[thread] = nullptr;
    wakeThread(thread);
    return true;
  }
  return false;
}

/** A suite of Relacy's: `Scenario` has `kCallers`, `kOthers` and `run(caller)`; it is made anew for each order. */
template <typename Scenario>
struct Suite : rl::test_suite<Suite<Scenario>, Scenario::kCallers + Scenario::kOthers> {
  static constexpr unsigned kThreads = Scenario::kCallers + Scenario::kOthers;
  static_assert(kThreads <= kThreadsMost);

  Scenario* scenario = nullptr;

  void before() {
    world = new World(Scenario::kCallers, kThreads);
    // Until they are begun.
    for (unsigned thread = Scenario::kCallers; thread < kThreads; ++thread) world->asleepOn[thread] = this;
    scenario = new Scenario();
  }

  void thread(unsigned me) {
    try {
      if (me >= Scenario::kCallers) {
        sleepHere(me);
        world->begin[me](world->argument[me]);
        return;
      }
      scenario->run(me);
      if (++world->ended < Scenario::kCallers) return;
      world->isOver = true;
      for (unsigned other = Scenario::kCallers; other < kThreads; ++other) {
        world->asleepOn[other] = nullptr;
        wakeThread(other);
      }
    } catch (const End&) {
    }
  }

  void after() {
    scenario->check();
    delete scenario;
    delete world;
  }
};

/** Tells the runner what was found; Relacy prints the history of a failure itself. */
template <typename Scenario>
bool explore(const char* name, uint64_t orders) {
  rl::test_params params;
  std::ostringstream found;
  params.search_type = rl::random_scheduler_type;
  params.iteration_count = orders;
  params.execution_depth_limit = 100'000;
  params.output_stream = &found;
  params.progress_stream = &found;
  const bool holds = rl::simulate<Suite<Scenario>>(params);
  std::cout << name << ": " << (holds ? "holds in " : "BROKEN after ") << params.stop_iteration << " orders"
            << std::endl;
  if (!holds) std::cout << found.str().substr(0, 20'000) << std::endl;
  return holds;
}

}  // namespace heddle::model
