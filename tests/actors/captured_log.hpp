#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string_view>

namespace tessera::testing {

/// Takes what is logged while it lives.
struct captured_log {
  std::ostringstream text;
  std::shared_ptr<spdlog::logger> before = spdlog::default_logger();

  captured_log() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  }
  ~captured_log() {
    spdlog::set_default_logger(before);
  }
  std::size_t count(std::string_view what) const {
    std::size_t found = 0;
    auto all = text.str();
    for (auto at = all.find(what); at != std::string::npos; at = all.find(what, at + 1))
      ++found;
    return found;
  }
};

} // namespace tessera::testing
