#include "kernels/fft/fft_plan.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <new>

namespace heddle {
namespace {

constexpr int kSideBitsMax = (kFftBitsMax + 1) / 2;
// Lanes of a tile: 128 bytes in a piece, so that of arrays that don't begin at a cache line two lines in three are read
// in full. A taller tile would outgrow the second-level cache: 2,048 points take 512 KiB with 16 lanes.
constexpr uint64_t kLanes = 16;
constexpr uint64_t kPointsForLanes = 2048;
// From here on results go past the caches: the array and the scratch memory take 8 MiB, more than is left of a last
// cache that is shared. Measured with 8 MiB of it, one thread: 2^17 points gain nothing, 2^18 and 2^19 a sixth, 2^20 a
// fifth or more. The system is not asked how large the cache is: in virtual machines it tells that of several
// processors.
constexpr uint64_t kPastMin = uint64_t{1} << 18;

// Each pointer is written once, from null, under the mutex; read with acquire by whoever plans a transform, which pairs
// with the release that follows the writes to what it points at.
std::atomic<const FftSteps*> allSteps[kSideBitsMax + 1] = {};
std::atomic<const FftPlan*> allPlans[kFftBitsMax + 1] = {};
std::mutex& making() {
  // Never destroyed: a job may plan while the process ends.
  static std::mutex* const mutex = new std::mutex();
  return *mutex;
}

// Pi in two parts. The first has 25 bits, so that its product with a whole number below 2^28 is exact; the second is
// the rest, rounded.
constexpr double kPiHigh = 0x1.921fb5p+1;
constexpr double kPiLow = 0x1.110b4611a6263p-25;

/**
 * exp(-2 pi i k / 2^bits), each part to about half a unit in its last place: the library's sine and cosine of an angle
 * of at most pi / 4, corrected by what the rounding of the angle left.
 */
void putRoot(uint64_t k, int bits, double* root) {
  if (bits < 3) {
    k <<= 3 - bits;
    bits = 3;
  }
  const uint64_t circle = uint64_t{1} << bits;
  k &= circle - 1;
  const bool isUpper = k > circle / 2;
  if (isUpper) k = circle - k;
  const bool isLeft = k > circle / 4;
  if (isLeft) k = circle / 2 - k;
  const bool isSteep = k > circle / 8;
  if (isSteep) k = circle / 4 - k;
  const double scaled = std::ldexp(static_cast<double>(k), 1 - bits);
  const double most = scaled * kPiHigh;
  const double rest = scaled * kPiLow;
  const double angle = most + rest;
  const double lost = rest - (angle - most);
  const double sine = std::sin(angle);
  const double cosine = std::cos(angle);
  double across = cosine - lost * sine;
  double up = sine + lost * cosine;
  if (isSteep) std::swap(across, up);
  root[0] = isLeft ? -across : across;
  root[1] = isUpper ? up : -up;
}

/** The radix that the first pass over 2^bits points has: eights, and as the rest a four, two fours, or for 2 a two. */
int firstRadixBits(int bits) {
  if (bits == 4) return 2;
  return std::min(bits, 3);
}

double* tryDoubles(uint64_t count) { return new (std::nothrow) double[count]; }

uint64_t countRoots(int bits) {
  uint64_t count = 0;
  for (int left = bits; left > firstRadixBits(left); left -= firstRadixBits(left)) {
    const uint64_t radix = uint64_t{1} << firstRadixBits(left);
    count += ((uint64_t{1} << left) / radix) * (radix - 1) * 2;
  }
  return count;
}

/** Steps for 2^bits points, null when there is no memory; under the mutex. */
const FftSteps* trySteps(int bits) {
  const FftSteps* const made = allSteps[bits].load(std::memory_order_relaxed);
  if (made != nullptr) return made;
  const uint64_t points = uint64_t{1} << bits;
  const uint64_t rootCount = countRoots(bits);
  FftSteps* const steps = new (std::nothrow) FftSteps{};
  double* roots = rootCount == 0 ? nullptr : tryDoubles(rootCount);
  uint32_t* const rows = new (std::nothrow) uint32_t[2 * points];
  if (steps == nullptr || (roots == nullptr && rootCount != 0) || rows == nullptr) {
    delete steps;
    delete[] roots;
    delete[] rows;
    return nullptr;
  }
  steps->points = points;
  for (int left = bits; left > 0; left -= firstRadixBits(left)) {
    const int radixBits = firstRadixBits(left);
    const uint64_t radix = uint64_t{1} << radixBits;
    steps->radix[steps->passes] = static_cast<int>(radix);
    if (left > radixBits) {
      steps->roots[steps->passes] = roots;
      for (uint64_t q = 0; q < uint64_t{1} << (left - radixBits); ++q) {
        for (uint64_t j = 1; j < radix; ++j, roots += 2) putRoot(j * q, left, roots);
      }
    }
    ++steps->passes;
  }
  uint32_t* const position = rows;
  uint32_t* const order = rows + points;
  for (uint64_t k = 0; k < points; ++k) {
    uint64_t row = 0;
    uint64_t digits = k;
    uint64_t block = points;
    for (int pass = 0; pass < steps->passes; ++pass) {
      const auto radix = static_cast<uint64_t>(steps->radix[pass]);
      block /= radix;
      row += digits % radix * block;
      digits /= radix;
    }
    position[k] = static_cast<uint32_t>(row);
    order[row] = static_cast<uint32_t>(k);
  }
  steps->position = position;
  steps->order = order;
  allSteps[bits].store(steps, std::memory_order_release);
  return steps;
}

uint64_t lanesOf(uint64_t points, uint64_t others) {
  return std::min(others, points <= kPointsForLanes ? kLanes : kFftGroup);
}

/** The roots between the two steps of a plan whose shape is set. False when there is no memory. */
bool tryBetween(FftPlan* plan, int bits) {
  plan->lowBits = bits / 2;
  const uint64_t lows = uint64_t{1} << plan->lowBits;
  const uint64_t highs = plan->length >> plan->lowBits;
  plan->lowMask = lows - 1;
  double* const all = tryDoubles(2 * (lows + highs + kFftGroup * plan->height));
  if (all == nullptr) return false;
  double* const low = all;
  double* const high = low + 2 * lows;
  double* const lanes = high + 2 * highs;
  for (uint64_t m = 0; m < lows; ++m) putRoot(m, bits, low + 2 * m);
  for (uint64_t m = 0; m < highs; ++m) putRoot(m << plan->lowBits, bits, high + 2 * m);
  for (uint64_t k = 0; k < plan->height; ++k) {
    for (uint64_t lane = 0; lane < kFftGroup; ++lane) {
      double root[2];
      putRoot(k * lane, bits, root);
      lanes[2 * kFftGroup * k + lane] = root[0];
      lanes[2 * kFftGroup * k + kFftGroup + lane] = root[1];
    }
  }
  plan->low = low;
  plan->high = high;
  plan->laneRoots = lanes;
  return true;
}

const FftPlan* tryMakePlan(int bits) {
  FftPlan* const plan = new (std::nothrow) FftPlan{};
  if (plan == nullptr) return nullptr;
  plan->length = uint64_t{1} << bits;
  const int acrossBits = plan->length < kFftMatrixMin ? 0 : bits / 2;
  plan->width = uint64_t{1} << acrossBits;
  plan->height = plan->length >> acrossBits;
  plan->down = trySteps(bits - acrossBits);
  plan->across = acrossBits == 0 ? plan->down : trySteps(acrossBits);
  plan->downLanes = lanesOf(plan->height, plan->width);
  plan->acrossLanes = lanesOf(plan->width, plan->height);
  plan->isPast = plan->length >= kPastMin;
  const bool isWhole = plan->down != nullptr && plan->across != nullptr && (acrossBits == 0 || tryBetween(plan, bits));
  if (isWhole) return plan;
  delete plan;
  return nullptr;
}

}  // namespace

const FftPlan* tryFftPlan(int bits) {
  const FftPlan* plan = allPlans[bits].load(std::memory_order_acquire);
  if (plan != nullptr) return plan;
  const std::lock_guard<std::mutex> lock(making());
  plan = allPlans[bits].load(std::memory_order_relaxed);
  if (plan == nullptr) {
    plan = tryMakePlan(bits);
    allPlans[bits].store(plan, std::memory_order_release);
  }
  return plan;
}

}  // namespace heddle
