// c = a * b, row-major, by the blocking of Goto and van de Geijn ("Anatomy of high-performance matrix multiplication",
// 2008): panels of b that fit the last-level cache, blocks of a that fit the second level, both packed so that the tile
// reads them in order. Numbers: m n k.
//
// Every element adds its products in the same order whatever the thread count: kDepth products in a tile, blocks of
// kDepth in ascending order. Fused multiplications differ by instruction set, hence the bound instead of bits there.
#include <algorithm>

#include "base/scratch.h"
#include "kernels/kernel.h"
#include "simd/kernel_set.h"

namespace heddle {
namespace {

constexpr uint64_t kDepth = 256;   // products per block; an a block of 64 rows takes 128 KiB of doubles
constexpr uint64_t kRows = 64;     // rows of an a block, a multiple of every tile's
constexpr uint64_t kPanel = 2016;  // columns of a b panel, 4 MiB of doubles; a multiple of every tile's
constexpr double kSideMax = 2147483647.0;
constexpr uint64_t kProductsAlone = 64 * 64 * 64;
constexpr uint64_t kChunksPerThread = 4;

uint64_t roundUp(uint64_t value, uint64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

/** Rows rowBegin.. of a, `rows` by `depth`, as strips of the tile's height, each step's elements together. */
template <class T>
void packA(const T* a, uint64_t stride, uint64_t rows, uint64_t depth, uint64_t tileRows, T* to) {
  for (uint64_t strip = 0; strip < rows; strip += tileRows) {
    const uint64_t used = std::min(tileRows, rows - strip);
    for (uint64_t r = 0; r < tileRows; ++r) {
      const T* const from = a + (strip + r) * stride;
      for (uint64_t step = 0; step < depth; ++step) to[step * tileRows + r] = r < used ? from[step] : T{0};
    }
    to += tileRows * depth;
  }
}

/** One strip of b, `depth` rows of at most the tile's width, filled up with zeros. */
template <class T>
void packB(const T* b, uint64_t stride, uint64_t depth, uint64_t used, uint64_t tileColumns, T* to) {
  for (uint64_t step = 0; step < depth; ++step) {
    const T* const from = b + step * stride;
    for (uint64_t column = 0; column < used; ++column) to[column] = from[column];
    for (uint64_t column = used; column < tileColumns; ++column) to[column] = T{0};
    to += tileColumns;
  }
}

template <class T>
Status multiply(const RunContext& run, const MatmulTile<T>& tile, const T* a, const T* b, T* c, uint64_t m, uint64_t n,
                uint64_t k) {
  const uint64_t tileRows = static_cast<uint64_t>(tile.rows);
  const uint64_t tileColumns = static_cast<uint64_t>(tile.columns);
  const uint64_t panelColumns = std::min(roundUp(n, tileColumns), kPanel / tileColumns * tileColumns);
  const uint64_t depthMax = std::min(k, kDepth);
  Scratch scratchB;
  Scratch scratchA;
  T* const packedB = scratchB.tryArray<T>(panelColumns * depthMax);
  T* const packedA = scratchA.tryArray<T>(run.participants * kRows * depthMax);
  if (packedA == nullptr || packedB == nullptr) return Status::noMemory();
  const uint64_t rowBlocks = (m + kRows - 1) / kRows;

  for (uint64_t panel = 0; panel < n; panel += panelColumns) {
    const uint64_t columns = std::min(panelColumns, n - panel);
    const uint64_t strips = (columns + tileColumns - 1) / tileColumns;
    // Few rows: a row block is shared by several chunks, each with some of the strips.
    const uint64_t wanted = (kChunksPerThread * run.threads + rowBlocks - 1) / rowBlocks;
    const uint64_t parts = run.threads == 1 ? 1 : std::min(wanted, strips);
    for (uint64_t block = 0; block < k; block += kDepth) {
      const uint64_t depth = std::min(kDepth, k - block);
      const T* const bBlock = b + block * n + panel;
      if (!parallelFor(run, strips, 8, [&](uint64_t begin, uint64_t end, uint32_t) {
            for (uint64_t strip = begin; strip < end; ++strip) {
              const uint64_t column = strip * tileColumns;
              packB(bBlock + column, n, depth, std::min(tileColumns, columns - column), tileColumns,
                    packedB + column * depth);
            }
          })) {
        return Status::cancelled();
      }
      if (!parallelFor(run, rowBlocks * parts, 1, [&](uint64_t chunk, uint64_t, uint32_t participant) {
            const uint64_t row = chunk / parts * kRows;
            const uint64_t rows = std::min(kRows, m - row);
            const uint64_t part = chunk % parts;
            T* const aBlock = packedA + participant * kRows * depthMax;
            packA(a + row * k + block, k, rows, depth, tileRows, aBlock);
            for (uint64_t strip = strips * part / parts; strip < strips * (part + 1) / parts; ++strip) {
              const uint64_t column = strip * tileColumns;
              const int usedColumns = static_cast<int>(std::min(tileColumns, columns - column));
              for (uint64_t r = 0; r < rows; r += tileRows) {
                tile.multiply(depth, aBlock + r * depth, packedB + column * depth, c + (row + r) * n + panel + column,
                              n, static_cast<int>(std::min(tileRows, rows - r)), usedColumns, block == 0);
              }
            }
          })) {
        return Status::cancelled();
      }
    }
  }
  return Status::ok();
}

template <class T>
Status multiplyArrays(const KernelCall& call, const MatmulTile<T>& tile, uint64_t m, uint64_t n, uint64_t k) {
  T* const c = call.arrays[2].as<T>();
  if (m == 0 || n == 0) return Status::ok();
  if (k == 0) {
    std::fill(c, c + m * n, T{0});
    return Status::ok();
  }
  const RunContext run{m * n <= kProductsAlone / k ? 1 : call.run.threads, call.run.cancel};
  return multiply(run, tile, call.arrays[0].as<const T>(), call.arrays[1].as<const T>(), c, m, n, k);
}

/** True when the array has rows * columns elements, without overflow. */
bool hasSize(const ArrayArg& array, uint64_t rows, uint64_t columns) {
  uint64_t product;
  return !__builtin_mul_overflow(rows, columns, &product) && array.length == product;
}

}  // namespace

Status matmulKernel(KernelCall& call) {
  uint64_t m;
  uint64_t n;
  uint64_t k;
  if (!tryWhole(call.numbers[0], kSideMax, &m)) return Status::wrongRange("m", "be an integer from 0 to 2^31 - 1");
  if (!tryWhole(call.numbers[1], kSideMax, &n)) return Status::wrongRange("n", "be an integer from 0 to 2^31 - 1");
  if (!tryWhole(call.numbers[2], kSideMax, &k)) return Status::wrongRange("k", "be an integer from 0 to 2^31 - 1");
  if (!hasSize(call.arrays[0], m, k)) return Status::wrongRange("a", "have m * k elements");
  if (!hasSize(call.arrays[1], k, n)) return Status::wrongRange("b", "have k * n elements");
  if (!hasSize(call.arrays[2], m, n)) return Status::wrongRange("out", "have m * n elements");
  if (overlaps(call.arrays[2], call.arrays[0])) return Status::wrongRange("out", "share no byte with a");
  if (overlaps(call.arrays[2], call.arrays[1])) return Status::wrongRange("out", "share no byte with b");
  return call.arrays[0].type == ElementType::f64 ? multiplyArrays<double>(call, kernelSet().matmulF64, m, n, k)
                                                 : multiplyArrays<float>(call, kernelSet().matmulF32, m, n, k);
}

}  // namespace heddle
