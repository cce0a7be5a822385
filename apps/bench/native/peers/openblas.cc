// OpenBLAS: dgemm and sgemm of square matrices, row by row.
//
//   openblas <f64|f32>:<rows>:<calls>:<threads>…     `calls` products are timed in one go
#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "answers.h"

// Not in every cblas.h.
extern "C" void openblas_set_num_threads(int threads);

namespace {

/** Products take their operands from windows into longer arrays, as in the other contestants. */
constexpr uint64_t kShiftMax = 4096;
constexpr uint64_t kShiftStep = 61;
/** Elements of a product that are compared with their definition. */
constexpr uint64_t kCompared = 64;

void multiply(int n, const double* a, const double* b, double* out) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, out, n);
}
void multiply(int n, const float* a, const float* b, float* out) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, out, n);
}

class Products {
 public:
  virtual ~Products() = default;
  virtual double timeMs() = 0;
  virtual std::string check() = 0;
};

template <class T>
class ProductsOf final : public Products {
 public:
  ProductsOf(uint64_t n, uint64_t calls, uint64_t threads)
      : n_(n), calls_(calls), threads_(static_cast<int>(threads)), a_(n * n + kShiftMax), b_(a_.size()), out_(n * n) {
    bench::Uniform random(n);
    for (T& value : a_) value = static_cast<T>(random.next());
    for (T& value : b_) value = static_cast<T>(random.next());
  }

  double timeMs() override {
    openblas_set_num_threads(threads_);
    const double ms = bench::millisecondsOf([&] {
      for (uint64_t call = 0; call < calls_; ++call) run(call * kShiftStep % kShiftMax);
    });
    return ms / static_cast<double>(calls_);
  }

  std::string check() override {
    openblas_set_num_threads(threads_);
    run(0);
    const double epsilon = sizeof(T) == sizeof(double) ? 0x1p-52 : 0x1p-23;
    for (uint64_t i = 0; i < kCompared; ++i) {
      const uint64_t at = (n_ * n_ - 1) * i / (kCompared - 1);
      double sum = 0;
      double size = 0;
      for (uint64_t k = 0; k < n_; ++k) {
        const double term = static_cast<double>(a_[at / n_ * n_ + k]) * static_cast<double>(b_[k * n_ + at % n_]);
        sum += term;
        size += std::abs(term);
      }
      if (!(std::abs(static_cast<double>(out_[at]) - sum) <= 4 * static_cast<double>(n_) * epsilon * size)) {
        return "of " + std::to_string(n_) + " rows, element " + std::to_string(at) + " is wrong";
      }
    }
    return "";
  }

 private:
  void run(uint64_t shift) { multiply(static_cast<int>(n_), a_.data() + shift, b_.data() + shift, out_.data()); }

  uint64_t n_;
  uint64_t calls_;
  int threads_;
  std::vector<T> a_;
  std::vector<T> b_;
  std::vector<T> out_;
};

class Station {
 public:
  explicit Station(const bench::Question& question) {
    const auto& [kind, numbers] = question;
    if (kind == "f64") {
      products_ = std::make_unique<ProductsOf<double>>(numbers[0], numbers[1], numbers[2]);
    } else if (kind == "f32") {
      products_ = std::make_unique<ProductsOf<float>>(numbers[0], numbers[1], numbers[2]);
    } else {
      bench::refuseKind(kind);
    }
  }
  double timeMs() { return products_->timeMs(); }
  std::string check() { return products_->check(); }

 private:
  std::unique_ptr<Products> products_;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<Station> stations;
  for (int index = 1; index < argc; ++index) stations.emplace_back(bench::parseQuestion(argv[index], 3));
  return bench::serve(stations);
}
