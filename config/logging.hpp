#pragma once

#include "config/settings.hpp"

namespace tessera {

/// Makes spdlog's default logger write to standard error, in the format and from the level that the settings say
/// (config/log_formatter). Call once, before any other thread starts; from then on any thread may log by
/// `spdlog::info(…)` and its kin. Messages are plain sentences.
void set_up_logging(const log_settings& settings);

} // namespace tessera
