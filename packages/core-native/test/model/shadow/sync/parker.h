// Parking by the model's futex: see core/sync/parker.h.
#pragma once

#include "world.h"

namespace heddle {

inline void parkWhileEqual(std::ModelAtomic<uint32_t>& word, uint32_t value) { model::futexWait(word, value); }
inline void unpark(std::ModelAtomic<uint32_t>& word, int count) {
  model::futexWake(word, static_cast<unsigned>(count));
}

}  // namespace heddle
