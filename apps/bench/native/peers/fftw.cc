// FFTW: complex transforms in place, interleaved as it wants them, by plans of FFTW_MEASURE that are made before
// anything is timed. Its inverse doesn't divide by the length.
//
//   fftw <fft|ifft>:<length>:<transforms>:<calls>:<threads>…     `calls` calls of so many transforms are timed in one
//   go
#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "answers.h"

namespace {

using Complex = std::complex<double>;

/** What all stations work on, because only one does at a time: the originals, and the copies that are transformed. */
struct Memory {
  std::vector<Complex> originals;
  Complex* copies = nullptr;

  explicit Memory(size_t length)
      : originals(length), copies(static_cast<Complex*>(fftw_malloc(length * sizeof(Complex)))) {
    if (copies == nullptr) {
      std::fprintf(stderr, "fftw: no room for %zu numbers\n", length);
      std::exit(1);
    }
    bench::Uniform random(1);
    for (Complex& value : originals) value = {random.next(), random.next()};
  }
};

fftw_complex* viewOf(Complex* numbers) { return reinterpret_cast<fftw_complex*>(numbers); }

/** How far a transform may be from the exact one, in units of epsilon, levels and the result's size: what heddle
 * promises. */
constexpr double kBound = 4;
/** Elements of a result that are compared with their definition. */
constexpr uint64_t kCompared = 4;

/** Runs of which the fastest says whether more threads are faster. */
constexpr int kTrials = 10;

class Station {
 public:
  Station(const bench::Question& question, Memory* memory)
      : sign_(signOf(question.kind)),
        length_(question.numbers[0]),
        transforms_(question.numbers[1]),
        calls_(question.numbers[2]),
        memory_(memory) {
    const int threads = static_cast<int>(question.numbers[3]);
    plan_ = makePlan(threads);
    if (threads == 1) return;
    // Several threads are FFTW's to use, but it does not leave them alone where they cost more than they bring.
    const fftw_plan alone = makePlan(1);
    const double aloneMs = fastestMs(alone);
    if (aloneMs < fastestMs(plan_)) plan_ = alone;
  }

  static size_t elementsOf(const bench::Question& question) {
    return question.numbers[0] * question.numbers[1] * question.numbers[2];
  }

  double timeMs() {
    const uint64_t each = length_ * transforms_;
    refill(each * calls_);
    const double ms = bench::millisecondsOf([&] {
      for (uint64_t call = 0; call < calls_; ++call) {
        fftw_complex* const data = viewOf(memory_->copies + call * each);
        fftw_execute_dft(plan_, data, data);
      }
    });
    return ms / static_cast<double>(calls_);
  }

  std::string check() {
    refill(length_ * transforms_);
    fftw_execute_dft(plan_, viewOf(memory_->copies), viewOf(memory_->copies));
    // The last of the transforms.
    const uint64_t begin = length_ * (transforms_ - 1);
    const Complex* const x = memory_->originals.data() + begin;
    double size = 0;
    for (uint64_t j = 0; j < length_; ++j) size += std::norm(x[j]);
    const double levels = std::max(1.0, std::log2(static_cast<double>(length_)));
    const double most = kBound * 0x1p-52 * levels * std::sqrt(size * static_cast<double>(length_));
    for (uint64_t i = 0; i < kCompared; ++i) {
      const uint64_t k = (length_ - 1) * i / (kCompared - 1);
      std::complex<long double> sum = 0;
      for (uint64_t j = 0; j < length_; ++j) {
        const long double angle = sign_ * 2 * 3.14159265358979323846264338327950288L *
                                  static_cast<long double>(j * k % length_) / static_cast<long double>(length_);
        sum += std::complex<long double>(x[j]) * std::complex<long double>(std::cos(angle), std::sin(angle));
      }
      const auto found = std::complex<long double>(memory_->copies[begin + k]);
      if (!(std::abs(found - sum) <= most)) {
        return "of " + std::to_string(length_) + " numbers, element " + std::to_string(k) + " is wrong";
      }
    }
    return "";
  }

 private:
  fftw_plan makePlan(int threads) {
    fftw_plan_with_nthreads(threads);
    const int length = static_cast<int>(length_);
    fftw_complex* const data = viewOf(memory_->copies);
    const fftw_plan plan = fftw_plan_many_dft(1, &length, static_cast<int>(transforms_), data, nullptr, 1, length, data,
                                              nullptr, 1, length, sign_, FFTW_MEASURE);
    if (plan == nullptr) {
      std::fprintf(stderr, "fftw: there is no plan for %zu numbers\n", static_cast<size_t>(length_));
      std::exit(1);
    }
    return plan;
  }

  double fastestMs(fftw_plan plan) {
    double best = 0;
    for (int run = 0; run < kTrials; ++run) {
      refill(length_ * transforms_);
      const double ms = bench::millisecondsOf([&] { fftw_execute(plan); });
      if (run == 0 || ms < best) best = ms;
    }
    return best;
  }

  static int signOf(const std::string& kind) {
    if (kind == "fft") return FFTW_FORWARD;
    if (kind == "ifft") return FFTW_BACKWARD;
    bench::refuseKind(kind);
  }

  void refill(size_t elements) { std::copy_n(memory_->originals.data(), elements, memory_->copies); }

  int sign_;
  uint64_t length_;
  uint64_t transforms_;
  uint64_t calls_;
  Memory* memory_;
  fftw_plan plan_;  // never destroyed: it is used until the program ends
};

}  // namespace

int main(int argc, char** argv) {
  fftw_init_threads();
  std::vector<bench::Question> questions;
  size_t most = 1;
  for (int index = 1; index < argc; ++index) {
    questions.push_back(bench::parseQuestion(argv[index], 4));
    most = std::max(most, Station::elementsOf(questions.back()));
  }
  Memory memory(most);
  std::vector<Station> stations;
  for (const bench::Question& question : questions) stations.emplace_back(question, &memory);
  return bench::serve(stations);
}
