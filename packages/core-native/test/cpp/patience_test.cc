// How long a worker looks on: by a clock and a core of the test's own.
#include "sync/patience.h"

#include "check.h"

namespace heddle {
namespace {

int64_t nowNs = 0;
int64_t yieldTakesNs = 0;
int yields = 0;

struct FakeCore {
  static int64_t nowNs() { return heddle::nowNs; }
  static void yield() {
    heddle::nowNs += yieldTakesNs;
    ++yields;
  }
};

using FakePatience = BasicPatience<FakeCore>;

/** Waits that each end with a region after `gapNs`. */
void serve(FakePatience& patience, uint32_t regions, int64_t gapNs) {
  for (uint32_t region = 0; region < regions; ++region) {
    patience.begin();
    nowNs += gapNs;
    patience.regionCame();
  }
}

/** How long a wait lasts in which nothing comes, a look taking 100 ns. */
int64_t waitNs(FakePatience& patience) {
  const int64_t start = nowNs;
  patience.begin();
  while (patience.lasts()) nowNs += 100;
  return nowNs - start;
}

/** A patience that has been earned, in a quiet world. */
FakePatience earned() {
  yieldTakesNs = 0;
  yields = 0;
  FakePatience patience;
  serve(patience, FakePatience::kProofs, 1'000'000);
  return patience;
}

TEST(patienceIsEarnedByRegionsInARow) {
  yieldTakesNs = 0;
  FakePatience patience;
  CHECK(waitNs(patience) == 0);
  serve(patience, FakePatience::kProofs - 1, 1'000'000);
  CHECK(waitNs(patience) == 0);
  serve(patience, 1, FakePatience::kPatienceNs);
  CHECK(waitNs(patience) > 0);
}

TEST(patienceEndsAndIsLostByALongWait) {
  FakePatience patience = earned();
  const int64_t wait = waitNs(patience);
  CHECK(wait > FakePatience::kPatienceNs && wait < FakePatience::kPatienceNs + 100 * FakePatience::kLooks + 100);
  nowNs += 5'000'000;  // asleep
  patience.regionCame();
  CHECK(waitNs(patience) == 0);
  serve(patience, FakePatience::kProofs - 1, 1'000'000);
  CHECK(waitNs(patience) == 0);
}

TEST(patienceYieldsItsCore) {
  FakePatience patience = earned();
  yieldTakesNs = FakePatience::kYieldTakesNs;  // the system's own work: looked past
  CHECK(waitNs(patience) > FakePatience::kPatienceNs);
  CHECK(yields >= 5);
}

TEST(patienceIsLostWhereSomebodyElseTakesTheCore) {
  FakePatience patience = earned();
  yieldTakesNs = FakePatience::kYieldTakesNs + 1;
  const int64_t wait = waitNs(patience);
  CHECK(yields == 1);
  CHECK(wait < FakePatience::kPatienceNs);
  yieldTakesNs = 0;
  CHECK(waitNs(patience) == 0);
}

TEST(patienceIsLostByWhoIsNotWanted) {
  FakePatience patience = earned();
  patience.lose();
  CHECK(waitNs(patience) == 0);
}

}  // namespace
}  // namespace heddle
