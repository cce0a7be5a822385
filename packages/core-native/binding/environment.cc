#include "binding/environment.h"

#include "binding/async_run.h"
#include "pool/thread_pool.h"

namespace heddle::binding {

Environment* Environment::create(napi_env env) {
  auto* self = new Environment();
  napi_value name;
  if (napi_create_string_utf8(env, "heddle", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      // Queue without a bound: at most one entry is in it, because only the first of a list of finished runs calls.
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, self, &settleFinished,
                                      &self->gate_->function) != napi_ok) {
    delete self;
    return nullptr;
  }
  napi_unref_threadsafe_function(env, self->gate_->function);
  if (napi_set_instance_data(env, self, nullptr, nullptr) != napi_ok ||
      napi_add_env_cleanup_hook(env, &close, self) != napi_ok) {
    napi_release_threadsafe_function(self->gate_->function, napi_tsfn_abort);
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

bool Environment::start(napi_env env, AsyncRun* run, double token) {
  run->token = token;
  run->owner = this;
  {
    const std::lock_guard<std::mutex> lock(gate_->mutex);
    ++gate_->inFlight;
  }
  runs_.emplace(token, run);
  if (ThreadPool::instance().submit(run)) {
    napi_ref_threadsafe_function(env, gate_->function);
    return true;
  }
  runs_.erase(token);
  const std::lock_guard<std::mutex> lock(gate_->mutex);
  --gate_->inFlight;
  return false;
}

void Environment::cancel(double token) {
  const auto found = runs_.find(token);
  if (found != runs_.end()) found->second->cancel.store(1, std::memory_order_relaxed);
}

void Environment::settleFinished(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // the environment is ending: `context` is gone, and its runs with it
  auto* self = static_cast<Environment*>(context);
  AsyncRun* finished;
  {
    const std::lock_guard<std::mutex> lock(self->gate_->mutex);
    finished = self->gate_->finished;
    self->gate_->finished = nullptr;
  }
  // Producers push to the front; promises settle in the order in which the work ended.
  AsyncRun* first = nullptr;
  while (finished != nullptr) {
    AsyncRun* const next = finished->nextFinished;
    finished->nextFinished = first;
    first = finished;
    finished = next;
  }
  while (first != nullptr) {
    AsyncRun* const next = first->nextFinished;
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) == napi_ok) {
      first->settle(env);
      napi_close_handle_scope(env, scope);
    }
    self->forget(env, first);
    first = next;
  }
}

void Environment::forget(napi_env env, AsyncRun* run) {
  runs_.erase(run->token);
  run->dropReferences(env);
  delete run;
  if (runs_.empty()) napi_unref_threadsafe_function(env, gate_->function);
}

void Environment::close(void* environment) {
  auto* self = static_cast<Environment*>(environment);
  Gate& gate = *self->gate_;
  for (const auto& [token, run] : self->runs_) run->cancel.store(1, std::memory_order_relaxed);
  uint64_t removed = 0;
  for (Job* job = ThreadPool::instance().removeJobs(self); job != nullptr; job = job->next) ++removed;
  {
    std::unique_lock<std::mutex> lock(gate.mutex);
    gate.isOpen = false;
    gate.inFlight -= removed;
    gate.idle.wait(lock, [&gate] { return gate.inFlight == 0; });
  }
  // References and promises are the environment's and end with it.
  for (const auto& [token, run] : self->runs_) delete run;
  delete self;
}

}  // namespace heddle::binding
