// One step of a bounded spin: tells the processor that this is a wait, so that a sibling hyperthread gets the core's
// units and the loop's exit is not slowed by memory-order speculation.
#pragma once

namespace heddle {

inline void spinPause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  // isb waits for about as long as the x86 pause; yield is a no-op on most cores.
  asm volatile("isb" ::: "memory");
#endif
}

}  // namespace heddle
