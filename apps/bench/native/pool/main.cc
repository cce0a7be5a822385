// One contestant of the suite `pool`, whole in one program: POOL_CONTESTANT names its header, which defines
// bench::Pool.
//
//   Pool(threads)                  threads that work at once, the calling one included
//   runEven(count, body)           body(0) to body(count - 1), each once, of equal cost; returns when all have ended
//   runUneven(count, body)         the same, of different cost
//   submitAll(count, task)         where kHasQueue: queues the task that many times, returns when all have ended
//   enter(root), both(left, right) where kHasForkJoin: inside of root, two branches that may run at once
//
// Every run is a fresh process: it warms up, measures, prints its figures and is gone, so that a pool that never rests
// takes nothing from the next one.
//   pool-bench <scenario> threads=2 <name>=<number>…
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "processes.h"
#include "regions.h"
#include "report.h"
#include "rows.h"
#include "tasks.h"
#include POOL_CONTESTANT

int main(int argc, char** argv) {
  using bench::Pool;
  bench::endWithParent(getppid());
  const char* const scenario = argc > 1 ? argv[1] : "";
  const bench::Options options(argc > 2 ? argc - 2 : 0, argv + 2);
  const uint32_t threads = options.number("threads");
  bench::Report report;
  if (std::strcmp(scenario, "regions") == 0) {
    bench::regions<Pool>(options, threads, report);
  } else if (std::strcmp(scenario, "idle") == 0) {
    bench::idle<Pool>(options, threads, report);
  } else if (std::strcmp(scenario, "queue") == 0) {
    bench::queue<Pool>(options, threads, report);
  } else if (std::strcmp(scenario, "forkJoin") == 0) {
    bench::forkJoin<Pool>(options, threads, report);
  } else if (std::strcmp(scenario, "rows") == 0) {
    bench::rows<Pool>(options, threads, report);
  } else {
    std::fprintf(stderr, "pool bench: there is no scenario '%s'\n", scenario);
    return 2;
  }
  report.print();
  std::fflush(stdout);
  // Threads may still spin on the pool: no destructor runs.
  std::_Exit(0);
}
