// All kernels' vector bodies for one instruction set: the unit's flags and the namespace in vec.h make the difference.
#if !defined(__AVX2__) || !defined(__FMA__) || defined(__AVX512F__)
#error "compile this unit with -mavx2 -mfma"
#endif

#include "kernels/axpy/axpy_simd.h"
#include "kernels/distances/distances_simd.h"
#include "kernels/dot/dot_simd.h"
#include "kernels/fft/fft_simd.h"
#include "kernels/mandelbrot/mandelbrot_simd.h"
#include "kernels/matmul/matmul_simd.h"
#include "kernels/min_max/min_max_simd.h"
#include "kernels/monte_carlo/monte_carlo_simd.h"
#include "kernels/nbody/nbody_simd.h"
#include "kernels/option_price/option_price_simd.h"
#include "kernels/path_trace/path_trace_simd.h"
#include "kernels/random/random_normal_simd.h"
#include "kernels/random/random_uniform_simd.h"
#include "kernels/sort/sort_simd.h"
#include "kernels/sum/sum_simd.h"
#include "simd/kernel_set.h"

namespace heddle {

extern const KernelSet kKernelSetAvx2;
const KernelSet kKernelSetAvx2 = {
    .level = SimdLevel::kAvx2,
    .mandelbrot = HEDDLE_ISA::mandelbrotSpan,
    .blockSums = HEDDLE_ISA::blockSums,
    .blockSquares = HEDDLE_ISA::blockSquares,
    .blockDots = HEDDLE_ISA::blockDots,
    .extremes = HEDDLE_ISA::extremes,
    .axpy = HEDDLE_ISA::axpy,
    .randomUniform = HEDDLE_ISA::randomUniform,
    .randomNormal = HEDDLE_ISA::randomNormal,
    .nbodyExact = HEDDLE_ISA::nbodyExact,
    .nbodyFast = HEDDLE_ISA::nbodyFast,
    .nbodyFastMin = HEDDLE_ISA::kNbodyFastMin,
    .nbodyFastMax = HEDDLE_ISA::kNbodyFastMax,
    .monteCarlo = HEDDLE_ISA::monteCarloBlocks,
    .exponential = HEDDLE_ISA::exponential,
    .optionBlock = HEDDLE_ISA::optionBlock,
    .traceSpan = HEDDLE_ISA::traceSpan,
    .matmulF64 = HEDDLE_ISA::kMatmulTile<double>,
    .matmulF32 = HEDDLE_ISA::kMatmulTile<float>,
    .distancesF64 = HEDDLE_ISA::distances<double>,
    .distancesF32 = HEDDLE_ISA::distances<float>,
    .fft = HEDDLE_ISA::kFftBodies,
    .sortF64 = HEDDLE_ISA::kVectorSort<HEDDLE_ISA::F64Keys>,
    .sortF32 = HEDDLE_ISA::kVectorSort<HEDDLE_ISA::F32Keys>,
    .sortI32 = HEDDLE_ISA::kVectorSort<HEDDLE_ISA::I32Keys>,
    .sortU32 = HEDDLE_ISA::kVectorSort<HEDDLE_ISA::U32Keys>,
};

}  // namespace heddle
