#pragma once

#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

namespace tessera::test {

/// Returns the value of a sample of /metrics, named with its labels; -1 if there is none.
inline double sample_of(const std::string& metrics, std::string_view name) {
  std::istringstream lines{metrics};
  for (std::string line; std::getline(lines, line);)
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ' ')
      return std::stod(line.substr(name.size() + 1));
  return -1;
}

/// Returns the sum over all samples of a family of /metrics.
inline double sum_of(const std::string& metrics, std::string_view family) {
  double sum = 0;
  std::istringstream lines{metrics};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(family) && line.size() > family.size()
        && (line[family.size()] == '{' || line[family.size()] == ' '))
      sum += std::stod(line.substr(line.rfind(' ') + 1));
  return sum;
}

/// Returns /stats of a process, once `condition` holds for it.
template <class Condition>
json_document stats_when(std::uint16_t operator_port, Condition condition) {
  std::string text;
  BOOST_REQUIRE(eventually(std::chrono::seconds{30}, [&] {
    auto answer = get(operator_port, "/stats");
    if (answer.status != 200)
      return false;
    text = answer.body;
    return condition(json_document{text});
  }));
  return json_document{text};
}

} // namespace tessera::test
