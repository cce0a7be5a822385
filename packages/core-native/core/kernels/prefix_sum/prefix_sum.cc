// Inclusive prefix sums, in place or to `out`.
//
// Integers wrap modulo 2^32: totals of chunks, then each chunk with its offset. Floats follow the contract: a local
// prefix per block of kBlock, plus the left-to-right sum of the totals before (the offset), in double, rounded once at
// the store. A block's local prefix is one chain of dependent additions, 3 to 4 cycles each; kChains blocks advance
// together to fill the wait. More would meet in the same cache sets: blocks lie a power of two apart.
#include <algorithm>

#include "base/scratch.h"
#include "kernels/kernel.h"
#include "kernels/sum/sum_simd.h"

namespace heddle {
namespace {

constexpr uint64_t kChains = 4;
constexpr uint64_t kGroup = kChains * kBlock;  // elements per chunk, about 10 us
constexpr uint64_t kElementsAlone = 4 * kGroup;

/** Totals of `Chains` blocks of `length` elements each, `stride` apart: the last value of their local prefixes. */
template <uint64_t Chains, class T>
void totals(const T* x, uint64_t length, double* result) {
  double sums[Chains];
  for (uint64_t c = 0; c < Chains; ++c) sums[c] = static_cast<double>(x[c * kBlock]);
  for (uint64_t i = 1; i < length; ++i) {
    for (uint64_t c = 0; c < Chains; ++c) sums[c] += static_cast<double>(x[c * kBlock + i]);
  }
  std::copy(sums, sums + Chains, result);
}

/** out = offset + local prefix. The offset of the first block of all is -0: adding it changes no bit. */
template <uint64_t Chains, class T>
void scan(const T* x, T* out, uint64_t length, const double* offsets) {
  double sums[Chains];
  for (uint64_t c = 0; c < Chains; ++c) {
    sums[c] = static_cast<double>(x[c * kBlock]);
    out[c * kBlock] = static_cast<T>(offsets[c] + sums[c]);
  }
  for (uint64_t i = 1; i < length; ++i) {
    for (uint64_t c = 0; c < Chains; ++c) {
      sums[c] += static_cast<double>(x[c * kBlock + i]);
      out[c * kBlock + i] = static_cast<T>(offsets[c] + sums[c]);
    }
  }
}

template <class T>
void totalsOfGroup(const T* x, uint64_t count, double* result) {
  if (count == kGroup) return totals<kChains>(x, kBlock, result);
  for (uint64_t begin = 0; begin < count; begin += kBlock) {
    totals<1>(x + begin, std::min(kBlock, count - begin), result++);
  }
}

template <class T>
void scanGroup(const T* x, T* out, uint64_t count, const double* offsets) {
  if (count == kGroup) return scan<kChains>(x, out, kBlock, offsets);
  for (uint64_t begin = 0; begin < count; begin += kBlock) {
    scan<1>(x + begin, out + begin, std::min(kBlock, count - begin), offsets++);
  }
}

/** Turns totals into offsets, going on from `*sum`, the total of all blocks before; -0 stands for "no block before". */
void accumulate(double* totalsToOffsets, uint64_t blocks, bool isFirst, double* sum) {
  for (uint64_t block = 0; block < blocks; ++block) {
    const double blockTotal = totalsToOffsets[block];
    totalsToOffsets[block] = *sum;
    *sum = isFirst && block == 0 ? blockTotal : *sum + blockTotal;
  }
}

template <class T>
Status scanFloats(const RunContext& run, const T* x, T* out, uint64_t length) {
  const uint64_t groups = (length + kGroup - 1) / kGroup;
  double sum = -0.0;
  if (run.threads == 1 || length <= kElementsAlone) {
    // One thread: totals and scan of one group at a time, so that memory is read once.
    for (uint64_t begin = 0; begin < length; begin += kGroup) {
      if (run.isCancelled()) return Status::cancelled();
      double offsets[kChains];
      const uint64_t count = std::min(kGroup, length - begin);
      totalsOfGroup(x + begin, count, offsets);
      accumulate(offsets, (count + kBlock - 1) / kBlock, begin == 0, &sum);
      scanGroup(x + begin, out + begin, count, offsets);
    }
    return Status::ok();
  }
  Scratch scratch;
  double* const offsets = scratch.tryArray<double>(groups * kChains);
  if (offsets == nullptr) return Status::noMemory();
  const auto eachGroup = [&](auto&& handle) {
    return parallelFor(run, groups, 1, [&](uint64_t group, uint64_t, uint32_t) {
      handle(group * kGroup, std::min(kGroup, length - group * kGroup), offsets + group * kChains);
    });
  };
  if (!eachGroup([&](uint64_t begin, uint64_t count, double* at) { totalsOfGroup(x + begin, count, at); })) {
    return Status::cancelled();
  }
  accumulate(offsets, (length + kBlock - 1) / kBlock, true, &sum);
  const bool isDone =
      eachGroup([&](uint64_t begin, uint64_t count, double* at) { scanGroup(x + begin, out + begin, count, at); });
  return isDone ? Status::ok() : Status::cancelled();
}

uint32_t scanIntegerChunk(const uint32_t* x, uint32_t* out, uint64_t count, uint32_t sum) {
  for (uint64_t i = 0; i < count; ++i) out[i] = sum += x[i];
  return sum;
}

Status scanIntegers(const RunContext& run, const uint32_t* x, uint32_t* out, uint64_t length) {
  constexpr uint64_t kChunk = 1 << 15;
  const uint64_t chunks = (length + kChunk - 1) / kChunk;
  const auto countOf = [&](uint64_t chunk) { return std::min(kChunk, length - chunk * kChunk); };
  if (run.threads == 1 || chunks <= 2) {
    uint32_t sum = 0;
    for (uint64_t chunk = 0; chunk < chunks; ++chunk) {
      if (run.isCancelled()) return Status::cancelled();
      sum = scanIntegerChunk(x + chunk * kChunk, out + chunk * kChunk, countOf(chunk), sum);
    }
    return Status::ok();
  }
  Scratch scratch;
  uint32_t* const offsets = scratch.tryArray<uint32_t>(chunks);
  if (offsets == nullptr) return Status::noMemory();
  bool isDone = parallelFor(run, chunks, 1, [&](uint64_t chunk, uint64_t, uint32_t) {
    const uint32_t* const from = x + chunk * kChunk;
    uint32_t sum = 0;
    for (uint64_t i = 0; i < countOf(chunk); ++i) sum += from[i];
    offsets[chunk] = sum;
  });
  if (!isDone) return Status::cancelled();
  uint32_t sum = 0;
  for (uint64_t chunk = 0; chunk < chunks; ++chunk) {
    const uint32_t chunkTotal = offsets[chunk];
    offsets[chunk] = sum;
    sum += chunkTotal;
  }
  isDone = parallelFor(run, chunks, 1, [&](uint64_t chunk, uint64_t, uint32_t) {
    scanIntegerChunk(x + chunk * kChunk, out + chunk * kChunk, countOf(chunk), offsets[chunk]);
  });
  return isDone ? Status::ok() : Status::cancelled();
}

}  // namespace

Status prefixSumKernel(KernelCall& call) {
  const ArrayArg& x = call.arrays[0];
  const ArrayArg& out = call.arrays[1];
  if (out.length != x.length) return Status::wrongRange("out", "have as many elements as x");
  if (overlaps(x, out) && !isSame(x, out)) return Status::wrongRange("out", "be x or share no byte with it");
  switch (x.type) {
    case ElementType::f64:
      return scanFloats(call.run, x.as<double>(), out.as<double>(), x.length);
    case ElementType::f32:
      return scanFloats(call.run, x.as<float>(), out.as<float>(), x.length);
    default:
      // Signed and unsigned wrap alike; the standard lets an int array be read as unsigned.
      return scanIntegers(call.run, x.as<uint32_t>(), out.as<uint32_t>(), x.length);
  }
}

}  // namespace heddle
