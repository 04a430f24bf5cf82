#pragma once

#include "app/store_options.hpp"
#include "cards/result.hpp"
#include "loadtest/load_plan.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace tessera {

/// The command line of `tessera loadtest`.
class loadtest_options {
public:
  /// Adds the flags. This object must outlive the parsing.
  void add_to(CLI::App& app);

  /// Returns the load that is wanted; the target is looked up. The error is one sentence.
  result<loadtest::load_plan> plan() const;

  /// Returns the latency that 99 of 100 requests must keep while a rate is looked for.
  result<std::chrono::nanoseconds> latency_limit() const;

  store_options store;
  std::string ids_file; ///< empty: members come from the store
  std::size_t members = 1'000'000;
  std::string json_file;
  std::string page_file;
  bool find_rate = false;
  double lowest_rate = 100; ///< requests per second of all users
  double highest_rate = 100'000;

private:
  /// A step of the search is shorter than a measurement: there are some ten of them.
  std::string ramp_text() const {
    return ramp_.value_or(find_rate ? "3s" : "10s");
  }
  std::string duration_text() const {
    return duration_.value_or(find_rate ? "10s" : "30s");
  }
  result<std::string> key() const;

  loadtest::load_plan plan_;
  std::string target_;
  std::optional<std::string> ramp_;
  std::optional<std::string> duration_;
  std::string mix_;
  std::string choice_ = "zipf";
  std::string limit_ = "20ms";
  std::string first_address_ = "127.1.0.1";
  std::string key_file_;
  bool closed_ = false;
};

} // namespace tessera
