// The operations on a register of signed keys that the quicksort by vectors is made of. A lane holds one key; masks are
// integers with one bit per lane. Each instruction set that has them brings its own.
#pragma once

#include "simd/vec.h"

namespace heddle::HEDDLE_ISA {

/** For keys of 4 or 8 bytes. */
template <int kBytes>
struct KeyOps;

}  // namespace heddle::HEDDLE_ISA

#if defined(__AVX512F__)
#include "kernels/sort/sort_lanes_avx512.h"
#elif defined(__AVX2__)
#include "kernels/sort/sort_lanes_avx2.h"
#endif
