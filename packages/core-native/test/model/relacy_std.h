// Compiles the sources of the core, as they are, against Relacy: a checker of small C++11 programs that runs all its
// threads in turns, in many orders, and lets a load see every value that the orders of memory allow. It comes as a
// package of Debian (relacy-dev) and is used for these checks alone.
//
// A model includes this file, then the source itself. `std::atomic`, `std::mutex`, `std::thread` and the starting of
// threads mean Relacy's from then on; the folder `shadow` stands before `core` among the include folders and has
// the headers that differ: small constants, and a futex of the model's.
//
// Fields that are not atomic are not watched, so a model passes its data in `Watched`, which reports a race.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

// Its own names for what the standard library and POSIX have are macros: gone again, so that the sources are read as
// they are.
#include <relacy/relacy.hpp>
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert
#undef errno
#define errno (*__errno_location())
#undef EINVAL
#define EINVAL 22
#undef ETIMEDOUT
#define ETIMEDOUT 110
#undef EINTR
#define EINTR 4
#undef EAGAIN
#define EAGAIN 11
#undef pthread_t
#undef pthread_attr_t
#undef pthread_create
#undef FUTEX_WAIT
#undef FUTEX_WAKE

namespace heddle::model {

inline rl::memory_order orderOf(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return rl::mo_relaxed;
    case std::memory_order_consume:
      return rl::mo_consume;
    case std::memory_order_acquire:
      return rl::mo_acquire;
    case std::memory_order_release:
      return rl::mo_release;
    case std::memory_order_acq_rel:
      return rl::mo_acq_rel;
    default:
      return rl::mo_seq_cst;
  }
}

/** Where a step stands in the source: what Relacy's history shows. */
struct Place {
  const char* file;
  unsigned line;

  static constexpr Place here(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    return {file, line};
  }
  operator rl::debug_info() const { return {"", file, line}; }
};

/** A number that is not atomic: two threads at it at the same time, one of which writes, are a race. */
class Watched {
 public:
  int load(Place at = Place::here()) const { return value_(at).load(); }
  void store(int value, Place at = Place::here()) { value_(at).store(value); }

 private:
  rl::var<int> value_;
};

}  // namespace heddle::model

namespace std {

/** The part of std::atomic that the core uses. */
template <typename T>
class ModelAtomic {
 public:
  using Place = heddle::model::Place;

  ModelAtomic() { word_.store(T{}, rl::mo_relaxed, Place::here()); }
  ModelAtomic(T value) { word_.store(value, rl::mo_relaxed, Place::here()); }

  T load(memory_order order = memory_order_seq_cst, Place at = Place::here()) const {
    return word_.load(to(order), at);
  }
  void store(T value, memory_order order = memory_order_seq_cst, Place at = Place::here()) {
    word_.store(value, to(order), at);
  }
  T exchange(T value, memory_order order = memory_order_seq_cst, Place at = Place::here()) {
    return word_.exchange(value, to(order), at);
  }
  T fetch_add(T value, memory_order order = memory_order_seq_cst, Place at = Place::here()) {
    return word_.fetch_add(value, to(order), at);
  }
  T fetch_sub(T value, memory_order order = memory_order_seq_cst, Place at = Place::here()) {
    return word_.fetch_sub(value, to(order), at);
  }
  T fetch_and(T value, memory_order order = memory_order_seq_cst, Place at = Place::here()) {
    return word_.fetch_and(value, to(order), at);
  }
  T fetch_or(T value, memory_order order = memory_order_seq_cst, Place at = Place::here()) {
    return word_.fetch_or(value, to(order), at);
  }
  bool compare_exchange_weak(T& expected, T value, memory_order success, memory_order failure,
                             Place at = Place::here()) {
    return word_.compare_exchange_weak(expected, value, to(success), at, to(failure), at);
  }
  /** The value that is the latest of all now, for who sees more than a load does: the system. It orders nothing. */
  T latest(Place at = Place::here()) { return word_.fetch_add(0, rl::mo_relaxed, at); }

 private:
  static rl::memory_order to(memory_order order) { return heddle::model::orderOf(order); }

  rl::atomic<T> word_;
};

class ModelMutex {
 public:
  void lock() { mutex_.lock(heddle::model::Place::here()); }
  void unlock() { mutex_.unlock(heddle::model::Place::here()); }

 private:
  rl::mutex mutex_;
};

}  // namespace std
