// A step in which others have their turn: see core/sync/spin_wait.h.
#pragma once

#include "world.h"

namespace heddle {

inline void spinPause() { rl::yield(1, model::Place::here()); }

}  // namespace heddle
