// distances: a number for each pair of a query and a row. Numbers: dimension isDot.
//
// Chunks are blocks of rows times blocks of queries. A chunk's rows are read once, in groups that meet all of its
// queries while they are in the first-level cache; the queries stay in the second level.
#include <algorithm>

#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr double kDimensionMax = 2147483647.0;
// Terms per chunk: 20 to 200 us, a stretch of 1 to 2 MB where there is one query.
constexpr uint64_t kTermsPerChunk = uint64_t{1} << 18;
constexpr uint64_t kTermsAlone = uint64_t{1} << 16;
// Queries of a chunk: what a part of the second-level cache holds.
constexpr uint64_t kQueryBytes = uint64_t{64} * 1024;
// From here on the rows of a call come from memory. A guess at what is left of a last cache that is shared.
constexpr uint64_t kFarBytes = uint64_t{4} * 1024 * 1024;
constexpr uint64_t kRowsTogether = 8;  // a multiple of every set's

template <class T>
Status distancesOf(const KernelCall& call, void (*body)(const DistanceSpan<T>&), uint64_t dimension, bool isDot) {
  const ArrayArg& queries = call.arrays[0];
  const ArrayArg& rows = call.arrays[1];
  const uint64_t queryCount = queries.length / dimension;
  const uint64_t rowCount = rows.length / dimension;
  if (queryCount == 0 || rowCount == 0) return Status::ok();
  const uint64_t queriesPerChunk =
      std::min(queryCount, std::max<uint64_t>(kQueryBytes / sizeof(T) / dimension, kRowsTogether));
  const uint64_t rowsWanted = kTermsPerChunk / dimension / queriesPerChunk / kRowsTogether * kRowsTogether;
  const uint64_t rowsPerChunk = std::min(rowCount, std::max(rowsWanted, kRowsTogether));
  const uint64_t rowBlocks = (rowCount + rowsPerChunk - 1) / rowsPerChunk;
  const uint64_t queryBlocks = (queryCount + queriesPerChunk - 1) / queriesPerChunk;
  const bool isFar = rows.length * sizeof(T) >= kFarBytes;
  const bool isAlone = rowCount * queryCount <= kTermsAlone / dimension;
  const RunContext run{isAlone ? 1 : call.run.threads, call.run.cancel};
  const bool isDone = parallelFor(run, rowBlocks * queryBlocks, 1, [&](uint64_t chunk, uint64_t, uint32_t) {
    // Neighbouring chunks have the same rows, so that these come from memory once.
    const uint64_t row = chunk / queryBlocks * rowsPerChunk;
    const uint64_t query = chunk % queryBlocks * queriesPerChunk;
    body({queries.as<const T>() + query * dimension, std::min(queriesPerChunk, queryCount - query),
          rows.as<const T>() + row * dimension, std::min(rowsPerChunk, rowCount - row), dimension, isDot,
          call.arrays[2].as<T>() + query * rowCount + row, rowCount, isFar});
  });
  return isDone ? Status::ok() : Status::cancelled();
}

}  // namespace

Status distancesKernel(KernelCall& call) {
  const ArrayArg& queries = call.arrays[0];
  const ArrayArg& rows = call.arrays[1];
  const ArrayArg& out = call.arrays[2];
  uint64_t dimension;
  uint64_t isDot;
  uint64_t pairs;
  if (!tryWhole(call.numbers[0], kDimensionMax, &dimension) || dimension == 0) {
    return Status::wrongRange("dimension", "be an integer from 1 to 2^31 - 1");
  }
  if (!tryWhole(call.numbers[1], 1, &isDot)) return Status::wrongRange("isDot", "be 0 or 1");
  if (queries.length % dimension != 0) return Status::wrongRange("queries", "have dimension elements per query");
  if (rows.length % dimension != 0) return Status::wrongRange("rows", "have dimension elements per row");
  if (__builtin_mul_overflow(queries.length / dimension, rows.length / dimension, &pairs) || out.length != pairs) {
    return Status::wrongRange("out", "have one element per query and row");
  }
  if (overlaps(out, queries)) return Status::wrongRange("out", "share no byte with queries");
  if (overlaps(out, rows)) return Status::wrongRange("out", "share no byte with rows");
  const KernelSet& set = kernelSet();
  return queries.type == ElementType::f64 ? distancesOf<double>(call, set.distancesF64, dimension, isDot == 1)
                                          : distancesOf<float>(call, set.distancesF32, dimension, isDot == 1);
}

}  // namespace heddle
