#include "binding/environment.h"

#include "binding/async_run.h"
#include "pool/thread_pool.h"

namespace heddle::binding {
namespace {

/** Runs that are kept for later calls: about half a megabyte. A guess: more than most programs have in flight. */
constexpr size_t kSpareRunsMax = 1024;

}  // namespace

Environment* Environment::create(napi_env env) {
  auto* self = new Environment();
  napi_value name;
  if (napi_create_string_utf8(env, "heddle", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      // Queue without a bound: only the first of a list of finished runs calls, so it has few entries.
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, self, &tellFinished,
                                      &self->function_) != napi_ok) {
    delete self;
    return nullptr;
  }
  napi_unref_threadsafe_function(env, self->function_);
  if (napi_set_instance_data(env, self, nullptr, nullptr) != napi_ok ||
      napi_add_env_cleanup_hook(env, &close, self) != napi_ok) {
    napi_release_threadsafe_function(self->function_, napi_tsfn_abort);
    delete self;
    return nullptr;
  }
  return self;
}

Environment* Environment::of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Environment*>(data);
}

int32_t Environment::addListener(napi_env env, napi_value settle, napi_value lines) {
  auto listener = std::make_unique<Listener>();
  if (!listener->open(env, settle, lines)) return -1;
  listeners_.push_back(std::move(listener));
  return static_cast<int32_t>(listeners_.size()) - 1;
}

AsyncRun* Environment::takeRun() {
  if (spareRuns_.empty()) return new AsyncRun(this);
  AsyncRun* const run = spareRuns_.back();
  spareRuns_.pop_back();
  return run;
}

void Environment::giveBack(napi_env env, AsyncRun* run) {
  run->release(env);
  if (spareRuns_.size() < kSpareRunsMax) {
    spareRuns_.push_back(run);
  } else {
    delete run;
  }
}

bool Environment::start(napi_env env, AsyncRun* run) {
  if (freeNumbers_.empty()) {
    freeNumbers_.push_back(static_cast<uint32_t>(runs_.size()));
    runs_.push_back(nullptr);
  }
  run->number = freeNumbers_.back();
  finished_.expect();
  // The pool's from here on, and perhaps finished by the next line; it isn't told of before this thread is back in its
  // event loop.
  if (!ThreadPool::instance().submit(run)) {
    finished_.unexpect();
    return false;
  }
  freeNumbers_.pop_back();
  runs_[run->number] = run;
  if (inFlight_++ == 0) napi_ref_threadsafe_function(env, function_);
  return true;
}

void Environment::dropNumber(uint32_t number) {
  runs_[number] = nullptr;
  freeNumbers_.push_back(number);
}

void Environment::finish(AsyncRun* run) {
  // One call per list: the environment's thread takes all that is there.
  if (finished_.push(run)) napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
  finished_.leave();
}

void Environment::cancel(double number) {
  // Also false for NaN.
  if (!(number >= 0 && number < static_cast<double>(runs_.size()))) return;
  AsyncRun* const run = runs_[static_cast<size_t>(number)];
  if (run != nullptr) run->cancel.store(1, std::memory_order_relaxed);
}

void Environment::tellFinished(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // the environment is ending: `context` is gone, and its runs with it
  auto* self = static_cast<Environment*>(context);
  Job* const finished = self->finished_.takeAll();
  uint64_t count = 0;
  for (Job* job = finished; job != nullptr; job = job->next) {
    static_cast<AsyncRun*>(job)->tell(env);
    ++count;
  }
  // By index: who is told may call kernels, and become a listener.
  for (size_t index = 0; index < self->listeners_.size(); ++index) self->listeners_[index]->flush(env);
  // Only now that everybody has been told may the numbers be used again.
  for (Job* job = finished; job != nullptr;) {
    auto* const run = static_cast<AsyncRun*>(job);
    job = job->next;
    self->dropNumber(run->number);
    self->giveBack(env, run);
  }
  self->inFlight_ -= count;
  if (count != 0 && self->inFlight_ == 0) napi_unref_threadsafe_function(env, self->function_);
}

void Environment::close(void* environment) {
  auto* self = static_cast<Environment*>(environment);
  for (AsyncRun* const run : self->runs_) {
    if (run != nullptr) run->cancel.store(1, std::memory_order_relaxed);
  }
  uint32_t removed = 0;
  for (Job* job = ThreadPool::instance().removeJobs(self); job != nullptr; job = job->next) ++removed;
  self->finished_.unexpect(removed);
  self->finished_.close();
  // References are the environment's and end with it.
  for (AsyncRun* const run : self->runs_) delete run;
  for (AsyncRun* const run : self->spareRuns_) delete run;
  delete self;
}

}  // namespace heddle::binding
