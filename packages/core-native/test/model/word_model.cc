// The thread that tells a counter of the changes of a word, in many orders of its steps: core/os/shared_word.cc.
//   usage: word_model [orders of each scenario, default 20000]
#include "world.h"
// After it: Relacy has a futex of its own, by the same names.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#define atomic ModelAtomic
#define thread ModelThread
#define syscall heddle::model::callSystem
// How many bytes a word has means nothing here.
#define static_assert(...) static_assert(true)

namespace heddle::model {

long callSystem(int number, uint32_t* word, int operation, unsigned value, const timespec*, void*, int);

}  // namespace heddle::model

namespace std {

/** Of the model's others; `join` waits for its end. */
class ModelThread {
 public:
  ModelThread() = default;
  template <typename Self>
  ModelThread(void (Self::*run)(), Self* self);
  ModelThread(ModelThread&& other) = default;
  ModelThread& operator=(ModelThread&& other) = default;
  bool joinable() const { return end_ != nullptr; }
  void join();

 private:
  struct End;
  End* end_ = nullptr;
};

}  // namespace std

#include "os/shared_word.cc"
#undef syscall

struct std::ModelThread::End {
  std::ModelAtomic<uint32_t> isThere{0};
  void (*run)(End* end) = nullptr;
  void* self = nullptr;
};

template <typename Self>
std::ModelThread::ModelThread(void (Self::*run)(), Self* self) : end_(new End()) {
  static void (Self::*begun)();
  begun = run;
  end_->self = self;
  end_->run = [](End* end) {
    (static_cast<Self*>(end->self)->*begun)();
    end->isThere.store(1);
    heddle::model::futexWake(end->isThere, 1);
  };
  const auto begin = [](void* end) { static_cast<End*>(end)->run(static_cast<End*>(end)); };
  if (!heddle::model::startThread(begin, end_)) throw std::system_error(EAGAIN, std::generic_category());
}

void std::ModelThread::join() {
  while (end_->isThere.load() == 0) heddle::model::futexWait(end_->isThere, 0);
  delete end_;
  end_ = nullptr;
}

namespace heddle::model {

long callSystem(int, uint32_t* word, int operation, unsigned value, const timespec*, void*, int) {
  auto& model = *reinterpret_cast<std::ModelAtomic<uint32_t>*>(word);
  if (operation == FUTEX_WAIT)
    futexWait(model, value);
  else
    futexWake(model, value);
  return 0;
}

/** What the counter of the system does here: counts, and wakes who sleeps on it. */
std::ModelAtomic<uint32_t>* counted = nullptr;

}  // namespace heddle::model

namespace heddle::os {

int openEventFd(int descriptor, int* own) {
  *own = descriptor;
  return 0;
}
int addToEventFd(int, uint64_t count) {
  model::counted->fetch_add(static_cast<uint32_t>(count));
  model::futexWake(*model::counted, model::kThreadsMost);
  return 0;
}
void closeEventFd(int) {}
SharedSegment findSegment(const void*, uint64_t, bool) { return {1, nullptr, 0}; }
void releaseSegment(uint64_t) {}

}  // namespace heddle::os

namespace heddle::model {

using os::WordForwarder;

/** The counter is asked before the word, and slept on while it stays: as an event loop does. */
struct Listener {
  std::ModelAtomic<uint32_t> told{0};

  Listener() { counted = &told; }
  void waitFor(const os::SharedWord& word, uint32_t value) {
    for (;;) {
      const uint32_t before = told.load();
      if (word.load() >= value) return;
      futexWait(told, before);
    }
  }
};

/** A word, the thread that tells of it, and who listens. */
struct Forwarding {
  static constexpr unsigned kCallers = 3;
  static constexpr unsigned kOthers = 1;
  Listener listener;
  os::SharedWord word{0};
  WordForwarder* forwarder = nullptr;

  Forwarding() {
    int error = 0;
    forwarder = WordForwarder::start(&word, 1, &error);
  }
  void check() {}
};

/** Each change of two threads reaches who listens, whatever came as one. */
struct ChangesAreTold : Forwarding {
  void run(unsigned caller) {
    if (caller == 0) {
      for (uint32_t value = 1; value <= 2; ++value) listener.waitFor(word, value);
      delete forwarder;
      return;
    }
    word.fetch_add(1);
    os::wakeWord(&word);
  }
};

/** The end of a forwarder ends its thread, wherever that is, while others change the word, and sleep on it. */
struct EndComesAtAnyTime : Forwarding {
  void run(unsigned caller) {
    if (caller == 0) {
      delete forwarder;
    } else if (caller == 1) {
      word.fetch_add(1);
      os::wakeWord(&word);
    } else {
      while (word.load() == 0) os::waitOnWord(&word, 0, 1e9);
    }
  }
};

}  // namespace heddle::model

int main(int count, char** words) {
  using namespace heddle::model;
  const uint64_t orders = count > 1 ? std::strtoull(words[1], nullptr, 10) : 20'000;
  bool holds = explore<ChangesAreTold>("changes are told", orders);
  holds = explore<EndComesAtAnyTime>("the end comes at any time", orders) && holds;
  return holds ? 0 : 1;
}
