#pragma once

#include "actors/metrics.hpp"
#include "cards/id_number.hpp"

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <functional>
#include <string_view>

/// What every long-lived actor needs and CAF 0.17 does not do by itself.
namespace tessera {

using steady_time = std::chrono::steady_clock::time_point;

/// Where an actor takes the time from; tests steer it.
using clock_source = std::function<steady_time()>;

/// Returns the machine's monotonic clock.
inline clock_source steady_clock_source() {
  return [] { return std::chrono::steady_clock::now(); };
}

/// Gives `self` the handlers that keep it alive and honest:
/// - an error that somebody answered is counted and logged (by default it would end the actor);
/// - `down` messages of actors that nobody monitors any more are ignored (demonitor leaves queued ones behind);
/// - an exit message ends it with that reason (by default "normal" would be ignored);
/// - an exception ends it with `runtime_error`, so that its supervisor sees a failure; nothing is printed;
/// - a message outside its interface is refused without being printed, as it may hold personal data.
/// An actor that needs one of them differently sets it afterwards. `metrics` must outlive the actor.
inline void furnish(caf::scheduled_actor* self, std::string_view name, actor_metrics& metrics) {
  self->set_error_handler([name, &metrics](caf::scheduled_actor*, caf::error& fault) {
    note_failure(metrics, error_code::internal);
    // The context may quote the message that caused it: only the code is safe to log.
    spdlog::warn("{}: was answered an error, category {}, code {}", name, caf::to_string(fault.category()),
                 fault.code());
  });
  self->set_down_handler([](caf::scheduled_actor*, caf::down_msg&) {});
  self->set_exit_handler([](caf::scheduled_actor* me, caf::exit_msg& why) { me->quit(std::move(why.reason)); });
  self->set_default_handler(caf::drop);
  self->set_exception_handler([name, &metrics](caf::scheduled_actor*, std::exception_ptr& fault) -> caf::error {
    note_failure(metrics, error_code::internal);
    try {
      std::rethrow_exception(fault);
    } catch (const std::exception& known) {
      spdlog::error("{}: ends with an exception: {}", name, mask_id_numbers(known.what()));
    } catch (...) {
      spdlog::error("{}: ends with an unknown exception", name);
    }
    return caf::sec::runtime_error;
  });
}

} // namespace tessera
