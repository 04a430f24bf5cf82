#include "config/log_level.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tessera {

bool is_log_level(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 6> levels{"trace", "debug", "info", "warn", "error", "off"};
  return std::ranges::find(levels, text) != levels.end();
}

log_level_switch::log_level_switch(std::string configured) : configured_(std::move(configured)), level_(configured_) {
}

void log_level_switch::set(std::string_view level, std::optional<time_point> until) {
  std::lock_guard guard{mutex_};
  until_ = until;
  apply(level);
}

void log_level_switch::look(time_point now) {
  std::lock_guard guard{mutex_};
  if (!until_ || now < *until_)
    return;
  until_.reset();
  apply(configured_);
  spdlog::info("The log goes back to the level {}", configured_);
}

std::string log_level_switch::level() const {
  std::lock_guard guard{mutex_};
  return level_;
}

void log_level_switch::apply(std::string_view level) {
  level_ = level;
  spdlog::default_logger()->set_level(spdlog::level::from_str(level_));
}

} // namespace tessera
