// Where threads run means nothing in a model: see core/sync/placement.h.
#pragma once

namespace heddle {

class Placement {
 public:
  void park() {}
  void unpark() {}
  void keepOff(int) {}
  static int currentProcessor() { return 0; }
};

}  // namespace heddle
