// A worker without patience: to look on is to look again, which the short spin does already. See core/sync/patience.h.
#pragma once

namespace heddle {

class Patience {
 public:
  void begin() {}
  bool lasts() { return false; }
  void regionCame() {}
  void lose() {}
};

}  // namespace heddle
