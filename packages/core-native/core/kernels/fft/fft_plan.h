// What a Fourier transform of one length needs besides its data: how it is cut into tiles and passes, and its roots of
// unity. A plan is made at the first use of its length, never changes and is never dropped: there is one per power of
// two, all of them together take 22 MB, that of 2^20 points 0.2 MB.
//
// A transform of at least kFftMatrixMin points takes its array as a matrix of `height` rows and `width` columns, row by
// row, and goes over it twice (the four-step method of Bailey, "FFTs in external or hierarchical memory", 1990):
//   down    transforms of `height` points down the columns, each element times w^(k * column); a tile is `downLanes`
//           neighbouring columns, copied together
//   across  transforms of `width` points along the rows; a tile is `acrossLanes` neighbouring rows, which `down` leaves
//           transposed and in one piece of scratch memory
// In a tile each row holds the real parts of its lanes, then their imaginary parts. Lanes never meet, so neither the
// width of a tile nor who computes it changes a bit.
//
// Long transforms write past the caches in both steps: a tile's lines are written whole and not read again before
// others have pushed them out, so that reading each of them before it is written is traffic for nothing.
#pragma once

#include <cstdint>

namespace heddle {

/** Points of the longest transform, as a power of two. */
inline constexpr int kFftBitsMax = 30;
/** Points from which a transform is cut; the least for which both sides have a multiple of kFftGroup. */
inline constexpr uint64_t kFftMatrixMin = 64;
/** Lanes and rows that are transposed together: what the widest set has in a register. */
inline constexpr uint64_t kFftGroup = 8;
/** Points of a column from which its first split is done last, when its eighths have been transformed in turn. */
inline constexpr uint64_t kFftSplitMin = 256;
/** Rows that the last split of such a column needs beside its tile: a group for each eighth. */
inline constexpr uint64_t kFftSplitRows = 8 * kFftGroup;

inline constexpr int kFftPassesMax = 5;

/** How the columns of a tile are transformed in place: passes of decimation in frequency, of radix 8, 4 or 2. */
struct FftSteps {
  uint64_t points;
  int passes;
  int radix[kFftPassesMax];
  /** Of each pass but the last: w^(j * q), w being the root of the pass's length, for each q the j from 1 to radix - 1.
   */
  const double* roots[kFftPassesMax];
  /** The row in which point k of the result lies after the last pass. */
  const uint32_t* position;
  /** The point of the result that lies in a row. */
  const uint32_t* order;
};

struct FftPlan {
  uint64_t length;
  uint64_t height;
  uint64_t width;  // 1 below kFftMatrixMin
  uint64_t downLanes;
  uint64_t acrossLanes;
  const FftSteps* down;
  const FftSteps* across;
  /** w^m, w being the root of the length, is high[m >> lowBits] * low[m & lowMask]; pairs of real and imaginary part.
   */
  const double* high;
  const double* low;
  int lowBits;
  uint64_t lowMask;
  /** w^(k * lane) for each row k: the real parts for kFftGroup lanes, then the imaginary ones. */
  const double* laneRoots;
  /** Results go past the caches. Changes no bit. */
  bool isPast;
};

/** The plan for 2^bits points, bits in 1..kFftBitsMax; null when there is no memory for it. Any thread. */
const FftPlan* tryFftPlan(int bits);

// What the vector bodies are called with.

/** Up to kFftGroup whole transforms of fewer than kFftMatrixMin points, one after the other, in place. */
struct FftBatch {
  const FftPlan* plan;
  double* re;
  double* im;
  uint64_t transforms;
  double scale;  // of the results
};

/** One tile of `down`: downLanes columns from `column` on, into the scratch memory. */
struct FftDown {
  const FftPlan* plan;
  const double* re;
  const double* im;
  uint64_t column;
  double* tile;     // 2 * downLanes * (height + kFftSplitRows) elements
  double* scratch;  // 2 * length elements, aligned to a cache line
};

/** One tile of `across`: acrossLanes rows from acrossLanes * tile on, from the scratch memory into the result. */
struct FftAcross {
  const FftPlan* plan;
  double* scratch;
  uint64_t tile;
  double* re;
  double* im;
  double scale;
};

}  // namespace heddle
