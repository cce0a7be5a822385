// The functions that exist once per instruction set, behind one table of pointers that is chosen once per process.
// Drivers (kernels/*/*.cc) check, cut the work, call through the table, and are compiled once.
#pragma once

#include <cstdint>

#include "base/simd_level.h"

namespace heddle {

enum class ElementType : uint8_t;

/** One row's part of a picture: counts of `count` pixels from column `column` on. See kernels/mandelbrot. */
struct MandelbrotSpan {
  uint16_t* out;
  uint64_t count;
  uint64_t column;
  double halfWidth;
  double centerX;
  double pixelSize;
  double cy;
  uint32_t maxIter;
};

/** Accelerations of bodies first..first+count-1 by all n. See kernels/nbody. */
struct NbodySpan {
  const double* positions;
  const double* masses;
  uint64_t n;
  double softening2;
  uint64_t first;
  uint64_t count;
  double* out;
};

/** The smallest and the largest of some elements. See kernels/min_max. */
struct Extremes {
  double min;
  double max;
};

/** Random numbers of whole blocks and, at the end, the beginning of one. See kernels/random. */
struct RandomSpan {
  ElementType type;
  void* out;
  uint64_t count;
  uint32_t seed;
  uint64_t block;    // that of out's first element
  double mean;       // of normal numbers
  double deviation;  // of normal numbers
};

/** Paths of one block, at most kOptionBlock of them, and what the option pays. See kernels/option_price. */
struct OptionSpan {
  uint32_t seed;
  uint64_t block;
  uint64_t paths;
  double spot;
  double strike;
  double drift;    // of the logarithm, from date to date
  double spread;   // deviation of the logarithm, from date to date
  double perDate;  // 1 / dates
  uint64_t dates;
  bool isPut;
};

/** Light of one row's pixels from column `column` on. See kernels/path_trace. */
struct TraceSpan {
  const double* spheres;  // nine elements each
  uint64_t sphereCount;
  double from[3];
  double ahead[3];
  double right[3];
  double above[3];
  double horizon[3];
  double zenith[3];
  uint64_t width;
  double halfWidth;
  double halfHeight;
  double step;  // side of a pixel at distance 1
  uint32_t samples;
  uint32_t seed;
  uint64_t row;
  uint64_t column;
  uint64_t count;
  float* out;
};

/** The innermost product of a packed matrix multiplication. See kernels/matmul. */
template <class T>
struct MatmulTile {
  int rows;     // rows of the tile: elements of packed a per step
  int columns;  // columns of the tile: elements of packed b per step
  /**
   * c[0..usedRows)[0..usedColumns) = (isFirst ? 0 : c) + the sum over `depth` steps of a's column times b's row. Packed
   * operands are padded to the full tile, so that an element's bits don't depend on where in a tile it lies.
   */
  void (*multiply)(uint64_t depth, const T* a, const T* b, T* c, uint64_t cStride, int usedRows, int usedColumns,
                   bool isFirst);
};

/** Most parts that VectorSort cuts an array into at once; a power of two from 4 on. */
inline constexpr int kSortPartsMax = 32;

/**
 * Quicksort by vectors of arrays of one element type, whose order is that of signed keys. See kernels/sort. The set
 * that has none has null pointers. `radix` sorts keys[0..count) with other[0..count) as scratch, in `other` if wanted
 * there; it is called for a range that was cut too often in vain.
 */
template <class K>
struct VectorSort {
  using Radix = void (*)(K* keys, K* other, uint64_t count, bool isWantedInOther);

  /** Sorts elements in place; `scratch` has room for as many. */
  void (*sortElements)(K* array, K* scratch, uint64_t count, Radix radix);
  /** Sorts keys that lie in `scratch` into `array`, as elements. */
  void (*sortKeys)(K* array, K* scratch, uint64_t count, Radix radix);
  /** counts[p]: how many elements belong to part p, whose keys are not below bounds[p-1], but below bounds[p]. */
  void (*countParts)(const K* elements, uint64_t count, const K* bounds, int parts, uint32_t* counts);
  /**
   * Writes the elements' keys to their parts, in their order: to[p] is where part p begins, ends[p] where its room
   * ends. What lies between the last key and that end may be overwritten.
   */
  void (*dealParts)(const K* elements, uint64_t count, const K* bounds, int parts, K* const* to, K* const* ends);
};

/** Distances of all pairs of queries and rows, out[q * outStride + r]. See kernels/distances. */
template <class T>
struct DistanceSpan {
  const T* queries;
  uint64_t queryCount;
  const T* rows;
  uint64_t rowCount;
  uint64_t dimension;
  bool isDot;
  T* out;
  uint64_t outStride;
  bool isFar;  // the rows of the call are more than caches hold; changes no bit
};

struct FftBatch;
struct FftDown;
struct FftAcross;

/** The parts of Fourier transforms that go over data. See kernels/fft, which has what they are called with. */
struct FftBodies {
  void (*batch)(const FftBatch& call);
  void (*down)(const FftDown& call);
  void (*across)(const FftAcross& call);
};

struct KernelSet {
  SimdLevel level;

  void (*mandelbrot)(const MandelbrotSpan& span);

  /** The sum of each block of kBlock elements, the last one partial, into sums[0..]. See kernels/sum. */
  void (*blockSums)(ElementType type, const void* x, uint64_t count, double* sums);
  /** The same over the squares of x[i] - mean. */
  void (*blockSquares)(ElementType type, const void* x, uint64_t count, double mean, double* sums);

  /** The same over the products x[i] * y[i]. See kernels/dot. */
  void (*blockDots)(ElementType type, const void* x, const void* y, uint64_t count, double* sums);

  /** Of at least one element. */
  Extremes (*extremes)(ElementType type, const void* x, uint64_t count);

  /** y[i] = a * x[i] + y[i]. x may be y. See kernels/axpy. */
  void (*axpy)(ElementType type, double a, const void* x, void* y, uint64_t count);

  void (*randomUniform)(const RandomSpan& span);
  void (*randomNormal)(const RandomSpan& span);

  void (*nbodyExact)(const NbodySpan& span);
  void (*nbodyFast)(const NbodySpan& span);
  /** Squared distances for which nbodyFast keeps its bound; outside the exact form is used. */
  double nbodyFastMin;
  double nbodyFastMax;

  /** Samples inside the circle among those of `blocks` blocks from `first` on, the last one of `lastSamples`. */
  uint64_t (*monteCarlo)(uint32_t seed, uint64_t first, uint64_t blocks, uint64_t lastSamples);

  /** exp(x), within 2^-52 of it for x from -708 to 709. See kernels/option_price. */
  double (*exponential)(double x);
  /** The sums of a block's payoffs and of their squares, into sums[0] and sums[1]. */
  void (*optionBlock)(const OptionSpan& span, double* sums);

  void (*traceSpan)(const TraceSpan& span);

  MatmulTile<double> matmulF64;
  MatmulTile<float> matmulF32;

  void (*distancesF64)(const DistanceSpan<double>& span);
  void (*distancesF32)(const DistanceSpan<float>& span);

  FftBodies fft;

  VectorSort<int64_t> sortF64;
  VectorSort<int32_t> sortF32;
  VectorSort<int32_t> sortI32;
  VectorSort<int32_t> sortU32;
};

/** The chosen set; the widest that the processor offers unless another one was forced before. Any thread. */
const KernelSet& kernelSet();

/**
 * Chooses the set for the rest of the process. False when this processor, or this build, hasn't got it, or when
 * another one has been chosen before.
 */
bool forceKernelSet(SimdLevel level);

/** The set of a level, null when the processor or the build hasn't got it. Tests call all of them. */
const KernelSet* kernelSetOf(SimdLevel level);

}  // namespace heddle
