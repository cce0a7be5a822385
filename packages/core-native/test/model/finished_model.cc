// Jobs on their way back to their owner, in many orders of their steps: core/pool/finished_jobs.h.
//   usage: finished_model [orders of each scenario, default 20000]
#include "world.h"

#define atomic ModelAtomic
#define mutex ModelMutex
#include "pool/finished_jobs.h"

namespace heddle::model {

/** Its owner is caller 0, the others have run its jobs. */
struct Handing {
  static constexpr unsigned kCallers = 3;
  static constexpr unsigned kOthers = 0;
  static constexpr unsigned kEach = 2;

  struct Errand : Job {
    Watched result;
  };

  FinishedJobs* finished = new FinishedJobs();
  std::atomic<uint32_t> wakeUps{0};  // what the owner sleeps on
  Watched owned[kCallers];           // what a worker may use of the owner's until it leaves
  bool isFreed = false;
  Errand errands[kCallers][kEach];

  void expectAll() {
    for (unsigned job = 0; job < kEach * (kCallers - 1); ++job) finished->expect();
  }

  void handIn(unsigned worker, Errand& errand) {
    errand.result.store(1);
    const bool isFirst = finished->push(&errand);
    RL_ASSERT(!isFreed);
    owned[worker].store(1);
    if (isFirst) {
      wakeUps.fetch_add(1, std::memory_order_relaxed);
      unpark(wakeUps, 1);
    }
    finished->leave();
  }

  unsigned takeSome() {
    unsigned count = 0;
    for (Job* job = finished->takeAll(); job != nullptr; job = job->next, ++count) {
      auto& errand = *static_cast<Errand*>(job);
      RL_ASSERT(errand.result.load() == 1);
      errand.result.store(2);  // only one thread has it
    }
    return count;
  }

  void end() {
    finished->close();
    for (auto& each : owned) each.store(0);
    isFreed = true;
    delete finished;
  }

  void check() {}
};

/** The owner sleeps until it is woken: it would for ever if it weren't for the last job. */
struct AllComeAndWake : Handing {
  void run(unsigned caller) {
    if (caller != 0) {
      for (Errand& errand : errands[caller]) handIn(caller, errand);
      return;
    }
    for (unsigned count = 0; count < kEach * (kCallers - 1);) {
      const uint32_t before = wakeUps.load(std::memory_order_relaxed);
      const unsigned some = takeSome();
      count += some;
      if (some == 0) parkWhileEqual(wakeUps, before);
    }
    end();
  }
  AllComeAndWake() { expectAll(); }
};

/** The owner ends while workers are anywhere, and jobs untold. */
struct EndWaitsForWorkers : Handing {
  void run(unsigned caller) {
    if (caller == 0) return end();
    for (Errand& errand : errands[caller]) handIn(caller, errand);
  }
  EndWaitsForWorkers() { expectAll(); }
};

}  // namespace heddle::model

int main(int count, char** words) {
  using namespace heddle::model;
  const uint64_t orders = count > 1 ? std::strtoull(words[1], nullptr, 10) : 20'000;
  bool holds = explore<AllComeAndWake>("finished jobs come and wake their owner", orders);
  holds = explore<EndWaitsForWorkers>("the end waits for workers that report", orders) && holds;
  return holds ? 0 : 1;
}
