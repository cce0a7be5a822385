// All kernels' vector bodies for one instruction set: the unit's flags and the namespace in vec.h make the difference.
#if !defined(__AVX2__) || !defined(__FMA__) || defined(__AVX512F__)
#error "compile this unit with -mavx2 -mfma"
#endif

#include "kernels/mandelbrot/mandelbrot_simd.h"
#include "simd/kernel_set.h"

namespace heddle {

extern const KernelSet kKernelSetAvx2;
const KernelSet kKernelSetAvx2 = {SimdLevel::kAvx2, HEDDLE_ISA::mandelbrotSpan};

}  // namespace heddle
