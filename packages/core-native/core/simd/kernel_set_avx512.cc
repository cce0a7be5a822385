// All kernels' vector bodies for one instruction set: the unit's flags and the namespace in vec.h make the difference.
#if !defined(__AVX512F__) || !defined(__AVX512DQ__) || !defined(__AVX512VL__) || !defined(__AVX512BW__)
#error "compile this unit with -mavx512f -mavx512bw -mavx512dq -mavx512vl"
#endif

#include "kernels/mandelbrot/mandelbrot_simd.h"
#include "simd/kernel_set.h"

namespace heddle {

extern const KernelSet kKernelSetAvx512;
const KernelSet kKernelSetAvx512 = {SimdLevel::kAvx512, HEDDLE_ISA::mandelbrotSpan};

}  // namespace heddle
