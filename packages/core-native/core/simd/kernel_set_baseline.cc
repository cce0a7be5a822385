// All kernels' vector bodies for one instruction set: the unit's flags and the namespace in vec.h make the difference.
#if defined(__AVX2__)
#error "compile this unit for the least processor of the architecture: CXXFLAGS must not name a newer one"
#endif

#include "kernels/mandelbrot/mandelbrot_simd.h"
#include "simd/kernel_set.h"

namespace heddle {

extern const KernelSet kKernelSetBaseline;
const KernelSet kKernelSetBaseline = {SimdLevel::kBaseline, HEDDLE_ISA::mandelbrotSpan};

}  // namespace heddle
