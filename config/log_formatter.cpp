#include "config/log_formatter.hpp"

#include "cards/id_number.hpp"
#include "cards/member.hpp"
#include "config/quote.hpp"

#include <chrono>
#include <string>

namespace tessera {

namespace {

/// The names of log.level, which are shorter than spdlog's.
std::string_view name_of(spdlog::level::level_enum level) {
  switch (level) {
  case spdlog::level::trace:
    return "trace";
  case spdlog::level::debug:
    return "debug";
  case spdlog::level::info:
    return "info";
  case spdlog::level::warn:
    return "warn";
  default:
    return "error";
  }
}

std::string time_of(const spdlog::details::log_msg& message) {
  return iso8601(std::chrono::time_point_cast<std::chrono::milliseconds>(message.time));
}

/// The message alone is masked, and before it is escaped: an escape sequence has digits, too.
std::string masked_message(const spdlog::details::log_msg& message) {
  return mask_id_numbers({message.payload.data(), message.payload.size()});
}

void append(spdlog::memory_buf_t& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

class json_formatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    append(out, R"({"time":")");
    append(out, time_of(message));
    append(out, R"(","level":")");
    append(out, name_of(message.level));
    append(out, R"(","thread":)");
    append(out, std::to_string(message.thread_id));
    append(out, R"(,"message":")");
    append_escaped(out, masked_message(message));
    append(out, "\"}\n");
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<json_formatter>();
  }
};

class text_formatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    append(out, time_of(message));
    append(out, " ");
    append(out, name_of(message.level));
    append(out, " [");
    append(out, std::to_string(message.thread_id));
    append(out, "] ");
    append_printable(out, masked_message(message));
    append(out, "\n");
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<text_formatter>();
  }
};

} // namespace

std::unique_ptr<spdlog::formatter> make_log_formatter(std::string_view format) {
  if (format == "json")
    return std::make_unique<json_formatter>();
  return std::make_unique<text_formatter>();
}

} // namespace tessera
