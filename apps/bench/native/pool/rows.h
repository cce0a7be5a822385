// The scenario of uneven work: rows of the Mandelbrot set, which differ in cost by two orders of magnitude, handed out
// one by one. Ideal is the time of one thread by the number of threads, measured in turn with the pool.
#pragma once

#include <cstdint>
#include <vector>

#include "clock.h"
#include "report.h"

namespace bench {

class Picture {
 public:
  Picture(uint32_t side, uint32_t iterationsMax) : side_(side), iterationsMax_(iterationsMax), pixels_(side * side) {}

  /** Not inlined: one code for both sides. */
  __attribute__((noinline)) void row(uint32_t y) {
    const double step = 3.0 / side_;
    const double ci = (y - side_ / 2.0) * step;
    for (uint32_t x = 0; x < side_; ++x) {
      const double cr = (x - side_ / 2.0) * step - 0.5;
      double zr = 0;
      double zi = 0;
      uint32_t iterations = 0;
      for (; iterations < iterationsMax_ && zr * zr + zi * zi <= 4; ++iterations) {
        const double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
      }
      pixels_[y * side_ + x] = static_cast<uint16_t>(iterations);
    }
  }
  uint32_t side() const { return side_; }
  const std::vector<uint16_t>& pixels() const { return pixels_; }

 private:
  const uint32_t side_;
  const uint32_t iterationsMax_;
  std::vector<uint16_t> pixels_;
};

template <class Pool>
void rows(const Options& options, uint32_t threads, Report& report) {
  static Pool pool(threads);
  const uint32_t repeats = options.number("repeats");
  Picture alone(options.number("side"), options.number("iterationsMax"));
  Picture shared(alone.side(), options.number("iterationsMax"));
  std::vector<double> aloneMs;
  std::vector<double> sharedMs;
  for (uint32_t repeat = 0; repeat < repeats + 1; ++repeat) {
    const uint64_t start = ticks();
    for (uint32_t y = 0; y < alone.side(); ++y) alone.row(y);
    const uint64_t middle = ticks();
    pool.runUneven(shared.side(), [&](uint32_t y) { shared.row(y); });
    const uint64_t end = ticks();
    if (alone.pixels() != shared.pixels()) report.problem("its picture is another than that of one thread");
    if (repeat == 0) continue;  // to warm up
    aloneMs.push_back(toUs(middle - start) / 1e3);
    sharedMs.push_back(toUs(end - middle) / 1e3);
  }
  const double ms = quantile(sharedMs, 0.5);
  report.figure("ms", ms);
  report.figure("sharePercent", 100 * quantile(aloneMs, 0.5) / (threads * ms));
}

}  // namespace bench
