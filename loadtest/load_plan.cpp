#include "loadtest/load_plan.hpp"

#include "config/value_text.hpp"

namespace tessera::loadtest {

namespace {

/// A process has other files open than its connections: standard streams, what it waits with, and its parent's.
constexpr std::uint64_t spare_descriptors = 32;

failure wrong(std::string why) {
  return {error_code::validation, std::move(why)};
}

} // namespace

std::string length_text(std::chrono::nanoseconds length) {
  return duration_text(std::chrono::round<milliseconds>(length), std::chrono::seconds{1});
}

status validate(const load_plan& plan, std::uint64_t descriptors) {
  if (!plan.target.loopback && !plan.owned)
    return wrong("The target is another machine: a load like this may take it down. If it is yours, say so with "
                 "--i-own-this-server.");
  if (plan.users < plan.processes)
    return wrong("There are more processes than users; use fewer --processes.");
  auto users_each = (plan.users + plan.processes - 1) / plan.processes;
  auto room = descriptors > spare_descriptors ? descriptors - spare_descriptors : 1;
  if (users_each > room)
    return wrong("Each user needs a connection, and one process may have " + std::to_string(descriptors)
                 + " files open: use --processes " + std::to_string((plan.users + room - 1) / room) + ".");
  if (!plan.has_sources())
    return ok();
  auto last_octet = plan.sources.first & 0xff;
  if (!is_loopback(plan.sources.first) || last_octet == 0 || last_octet == 255
      || !is_loopback(plan.sources.of(plan.users)))
    return wrong("The users' addresses must all be in 127.0.0.0/8, and --first-address must end in neither 0 nor 255.");
  return ok();
}

} // namespace tessera::loadtest
