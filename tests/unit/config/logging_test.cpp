#include "config/logging.hpp"

#include "config/log_formatter.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <rapidjson/document.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

using namespace tessera;
using namespace tessera::test;
using namespace std::string_literals;

namespace {

/// Returns the line that a message makes.
std::string line_of(std::string_view format, spdlog::level::level_enum level, const std::string& message) {
  std::ostringstream out;
  spdlog::logger logger{"test", std::make_shared<spdlog::sinks::ostream_sink_st>(out)};
  logger.set_formatter(make_log_formatter(format));
  logger.set_level(spdlog::level::trace);
  logger.log(level, spdlog::string_view_t{message.data(), message.size()});
  return out.str();
}

rapidjson::Document parsed(const std::string& line) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
  BOOST_REQUIRE_MESSAGE(!document.HasParseError(), line);
  return document;
}

std::string message_of(const std::string& line) {
  auto document = parsed(line);
  return {document["message"].GetString(), document["message"].GetStringLength()};
}

/// Returns what `act` writes to standard error.
template <class Act>
std::string standard_error_of(Act act) {
  temporary_directory directory;
  auto file = directory.write("stderr", "");
  auto saved = dup(STDERR_FILENO);
  auto target = open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  BOOST_REQUIRE(saved >= 0 && target >= 0);
  dup2(target, STDERR_FILENO);
  act();
  dup2(saved, STDERR_FILENO);
  close(saved);
  close(target);
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Restores spdlog's default logger at the end.
struct keep_default_logger {
  std::shared_ptr<spdlog::logger> saved = spdlog::default_logger();
  ~keep_default_logger() {
    spdlog::set_default_logger(saved);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(logging_test)

BOOST_AUTO_TEST_CASE(a_line_of_text) {
  auto line = line_of("text", spdlog::level::warn, "The \"store\" is slow.");
  const std::regex form{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn \[\d+\] The "store" is slow\.\n)"};
  BOOST_TEST(std::regex_match(line, form), line);
}

BOOST_AUTO_TEST_CASE(a_line_of_json) {
  auto line = line_of("json", spdlog::level::err, "The \"store\" is\nslow \\ \x01\xff.");
  BOOST_TEST(line.ends_with("}\n"));
  BOOST_TEST(std::ranges::count(line, '\n') == 1);
  auto document = parsed(line);
  BOOST_TEST(document.MemberCount() == 4U);
  BOOST_TEST(document["level"].GetString() == "error"s);
  BOOST_TEST(document["thread"].IsUint64());
  BOOST_TEST(std::regex_match(document["time"].GetString(), std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"}));
  BOOST_TEST(message_of(line) == "The \"store\" is\nslow \\ \x01\xef\xbf\xbd.");
}

BOOST_AUTO_TEST_CASE(the_levels_have_the_names_of_the_setting) {
  const std::pair<spdlog::level::level_enum, const char*> names[] = {{spdlog::level::trace, "trace"},
                                                                     {spdlog::level::debug, "debug"},
                                                                     {spdlog::level::info, "info"},
                                                                     {spdlog::level::warn, "warn"},
                                                                     {spdlog::level::err, "error"}};
  for (auto [level, name] : names) {
    BOOST_TEST(parsed(line_of("json", level, "x"))["level"].GetString() == name);
    BOOST_TEST(line_of("text", level, "x").find("Z "s + name + " [") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(id_numbers_are_masked) {
  for (const char* number : {"8001015009087", "800101 5009 087", "800101-5009-087"})
    for (const char* format : {"text", "json"}) {
      auto line = line_of(format, spdlog::level::info, "Looked "s + number + " up.");
      BOOST_TEST(line.find("Looked") != std::string::npos, line);
      BOOST_TEST(line.find("5009") == std::string::npos, line);
      BOOST_TEST(line.find("***") != std::string::npos, line);
      BOOST_TEST(line.find(" up.") != std::string::npos, line);
    }
}

BOOST_AUTO_TEST_CASE(masking_does_not_break_an_escape_before_it) {
  BOOST_TEST(message_of(line_of("json", spdlog::level::info,
                                "\x01"
                                "8001015009087"))
             == "\x01*************");
  BOOST_TEST(message_of(line_of("json", spdlog::level::info,
                                "\x01"
                                "800101500"))
             == "\x01"
                "800101500");
}

BOOST_AUTO_TEST_CASE(no_message_can_forge_a_line) {
  for (const char* format : {"text", "json"}) {
    auto line = line_of(format, spdlog::level::info, "a\r\n2026-01-01T00:00:00.000Z error [1] forged\x1b[2J");
    BOOST_TEST(std::ranges::count_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }) == 1, line);
  }
}

BOOST_AUTO_TEST_CASE(set_up_logging_writes_to_standard_error_from_its_level) {
  keep_default_logger keep;
  auto text = standard_error_of([] {
    set_up_logging({"warn", "json", {}});
    spdlog::info("Not shown.");
    spdlog::warn("Member {} is shown.", "8001015009087");
  });
  BOOST_TEST(message_of(text) == "Member ************* is shown.");
  text = standard_error_of([] {
    set_up_logging({"debug", "text", {}});
    spdlog::trace("Not shown.");
    spdlog::debug("Shown.");
  });
  BOOST_TEST(text.ends_with("] Shown.\n"), text);
  BOOST_TEST(text.find("Not") == std::string::npos, text);
  BOOST_TEST(standard_error_of([] {
               set_up_logging({"off", "text", {}});
               spdlog::critical("Not shown.");
             })
             == "");
}

BOOST_AUTO_TEST_SUITE_END()
