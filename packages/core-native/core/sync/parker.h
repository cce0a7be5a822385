// Sleep until a word changes. On Linux one futex call; elsewhere a small table of mutexes and condition variables.
//
//   parkWhileEqual(word, value)  returns after a wake-up, at once if the word differs from `value`, or spuriously:
//                                the caller loads the word and decides again
//   unpark(word, count)          wakes up to `count` threads parked on the word; call it after changing the word
//
// A wake-up can't fall between the caller's look and its sleep: the compare and the sleep are one step under the
// kernel's (or the bucket's) lock. Any thread may call both. A word must outlive the calls that name it.
#pragma once

#include <atomic>
#include <cstdint>

namespace heddle {

void parkWhileEqual(std::atomic<uint32_t>& word, uint32_t value);
void unpark(std::atomic<uint32_t>& word, int count);

}  // namespace heddle
