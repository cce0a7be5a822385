// That every instruction set, thread count and split into rows gives the same light; what is refused. The picture
// against its definition is tested beside the twin.
#include <atomic>
#include <cmath>
#include <vector>

#include "check.h"
#include "kernel_calls.h"
#include "kernels/path_trace/path_trace_simd.h"

namespace heddle {
namespace {

constexpr uint64_t kWidth = 21;
constexpr uint64_t kHeight = 17;

/** Spheres of every kind, some of them inside out, at random places before the camera. */
std::vector<double> randomSpheres(uint64_t count) {
  const auto unit = [] { return static_cast<double>(generator() >> 11) * 0x1p-53; };
  std::vector<double> spheres;
  for (uint64_t sphere = 0; sphere < count; ++sphere) {
    const double kind = static_cast<double>(sphere % 4);
    const double radius = (sphere % 5 == 4 ? -1 : 1) * (0.1 + unit());
    for (const double field : {4 * unit() - 2, 3 * unit() - 1.5, -4 * unit(), radius, kind, unit(), unit(), unit(),
                               kind == kGlass ? 1 + unit() : unit()}) {
      spheres.push_back(field);
    }
  }
  return spheres;
}

std::vector<double> viewOfScene() { return {0, 0.3, 5, 0, 0, 0, 0, 1, 0, 0.8, 0.9, 0.9, 0.8, 0.3, 0.5, 0.9}; }

KernelCall traceCall(uint32_t threads, std::vector<double>& spheres, std::vector<double>& view, std::vector<float>& out,
                     double rowStart = 0, double rowCount = kHeight) {
  return callOf(threads, {viewOf(spheres), viewOf(view), viewOf(out)}, {kWidth, kHeight, 5, 42, rowStart, rowCount});
}

TEST(everySetSeesTheSameLight) {
  for (const uint64_t count : {0, 1, 2, 7, 8, 9, 14, 33}) {
    const std::vector<double> spheres = randomSpheres(count);
    std::vector<float> expected;
    forEverySet([&](const KernelSet& set) {
      std::vector<float> out(3 * kWidth, -1);
      set.traceSpan({.spheres = spheres.data(),
                     .sphereCount = count,
                     .from = {0, 0, 5},
                     .ahead = {0, 0, -1},
                     .right = {1, 0, 0},
                     .above = {0, 1, 0},
                     .horizon = {0.9, 0.9, 0.8},
                     .zenith = {0.3, 0.5, 0.9},
                     .width = kWidth,
                     .halfWidth = kWidth / 2.0,
                     .halfHeight = kHeight / 2.0,
                     .step = 0.04,
                     .samples = 50,
                     .seed = 3,
                     .row = kHeight / 2,
                     .column = 0,
                     .count = kWidth,
                     .out = out.data()});
      if (set.level == SimdLevel::kBaseline) expected = out;
      CHECK(isSameBits(out, expected));
    });
  }
}

TEST(pictureIsTheSameForAnyThreadCountAndSplit) {
  useThreads();
  std::vector<double> spheres = randomSpheres(14);
  std::vector<double> view = viewOfScene();
  std::vector<float> expected(3 * kWidth * kHeight);
  KernelCall first = traceCall(1, spheres, view, expected);
  CHECK(run("pathTrace", first).isOk());
  for (const float light : expected) CHECK(light >= 0);
  for (const uint32_t threads : kThreadCounts) {
    std::vector<float> out(expected.size(), -1);
    KernelCall call = traceCall(threads, spheres, view, out);
    CHECK(run("pathTrace", call).isOk());
    CHECK(isSameBits(out, expected));
  }
  std::vector<float> rows;
  for (uint64_t row = 0; row < kHeight; ++row) {
    std::vector<float> out(3 * kWidth, -1);
    KernelCall call = traceCall(2, spheres, view, out, static_cast<double>(row), 1);
    CHECK(run("pathTrace", call).isOk());
    rows.insert(rows.end(), out.begin(), out.end());
  }
  CHECK(isSameBits(rows, expected));
}

TEST(cancelledPicturesSaySo) {
  useThreads();
  std::vector<double> spheres = randomSpheres(14);
  std::vector<double> view = viewOfScene();
  std::vector<float> out(3 * kWidth * kHeight);
  std::atomic<uint32_t> cancel{1};
  for (const uint32_t threads : {1u, 4u}) {
    KernelCall call = traceCall(threads, spheres, view, out);
    call.run.cancel = &cancel;
    CHECK(run("pathTrace", call).code == StatusCode::kCancelled);
  }
}

TEST(anyBitsAsSpheresAreTraced) {
  // Memory that others write to may hold anything: no crash, no loop without end.
  std::vector<double> spheres(9 * 20);
  std::vector<double> view(16);
  std::vector<float> out(3 * kWidth * kHeight);
  for (int round = 0; round < 200; ++round) {
    for (double& value : spheres) {
      const uint64_t bits = generator();
      std::memcpy(&value, &bits, sizeof value);
    }
    for (double& value : view) value = static_cast<double>(generator() % 5) - 2;
    KernelCall call = traceCall(1, spheres, view, out);
    CHECK(run("pathTrace", call).isOk());
  }
}

TEST(badPicturesAreRefused) {
  std::vector<double> spheres = randomSpheres(2);
  std::vector<double> view = viewOfScene();
  std::vector<float> out(3 * kWidth * kHeight);
  const char* const names[] = {"width", "height", "samples", "seed", "rowStart", "rowCount"};
  for (int at = 0; at < 6; ++at) {
    for (const double value : {std::nan(""), -1.0, 0.5, 1e300}) {
      KernelCall call = traceCall(1, spheres, view, out);
      call.numbers[at] = value;
      CHECK(isRefused("pathTrace", names[at], call));
    }
  }
  KernelCall none = traceCall(1, spheres, view, out);
  none.numbers[2] = 0;
  CHECK(isRefused("pathTrace", "samples", none));
  std::vector<double> part(10);
  CHECK(isRefused("pathTrace", "spheres", traceCall(1, part, view, out)));
  std::vector<double> many(9 * 4097);
  CHECK(isRefused("pathTrace", "spheres", traceCall(1, many, view, out)));
  CHECK(isRefused("pathTrace", "view", traceCall(1, spheres, part, out)));
  std::vector<float> small(5);
  CHECK(isRefused("pathTrace", "out", traceCall(1, spheres, view, small)));
  // A view of floats over the doubles' memory.
  std::vector<double> memory(9 * 200);
  KernelCall over = traceCall(1, memory, view, out);
  over.arrays[2] = {memory.data(), 3 * kWidth * kHeight, ElementType::f32};
  CHECK(isRefused("pathTrace", "out", over));
}

}  // namespace
}  // namespace heddle
