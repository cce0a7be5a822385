#include "simd/kernel_set.h"

#include <atomic>

namespace heddle {

extern const KernelSet kKernelSetBaseline;
#if defined(__x86_64__)
extern const KernelSet kKernelSetAvx2;
extern const KernelSet kKernelSetAvx512;
#endif

namespace {

// Written once, from null, by whoever chooses first; read by every kernel. Release and acquire are not needed for the
// tables themselves, which are constants of the library.
std::atomic<const KernelSet*> chosen{nullptr};

}  // namespace

const KernelSet* kernelSetOf(SimdLevel level) {
  if (level > detectSimdLevel()) return nullptr;
#if defined(__x86_64__)
  if (level == SimdLevel::kAvx512) return &kKernelSetAvx512;
  if (level == SimdLevel::kAvx2) return &kKernelSetAvx2;
#endif
  return &kKernelSetBaseline;
}

const KernelSet& kernelSet() {
  const KernelSet* set = chosen.load(std::memory_order_relaxed);
  if (set == nullptr) {
    forceKernelSet(detectSimdLevel());
    set = chosen.load(std::memory_order_relaxed);
  }
  return *set;
}

bool forceKernelSet(SimdLevel level) {
  const KernelSet* const wanted = kernelSetOf(level);
  if (wanted == nullptr) return false;
  const KernelSet* before = nullptr;
  return chosen.compare_exchange_strong(before, wanted, std::memory_order_relaxed) || before == wanted;
}

}  // namespace heddle
