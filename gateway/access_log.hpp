#pragma once

#include "actors/metrics.hpp"
#include "cards/result.hpp"
#include "config/descriptor.hpp"
#include "guard/log_gate.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tessera {

/// The access log's file, and the thread that writes it. Loops hand lines over and never wait for the file: what it
/// does not take in time waits in memory, up to a limit, and lines beyond that are dropped and counted.
class access_log {
public:
  /// How many bytes wait at most: some seconds of the most that a machine can answer, for a disk that stalls.
  static constexpr std::size_t most_waiting = 16 * 1024 * 1024;

  /// Opens `file`, or makes it for this user alone, and appends to what it has. `metrics` must outlive the log. The
  /// error is one sentence that says what to change.
  static result<std::unique_ptr<access_log>> open(std::filesystem::path file, access_log_metrics& metrics);

  ~access_log();
  access_log(const access_log&) = delete;
  access_log& operator=(const access_log&) = delete;

  /// Takes over whole lines. Any thread.
  void put(std::string lines);

  /// Opens the file anew, as it was renamed or removed; lines handed over before are written to the old one. If it
  /// cannot be opened the old one stays. Any thread.
  status reopen();

  /// Writes what waits and ends the thread. Nothing may be handed over any more. For the thread that made the log.
  void close();

private:
  using clock = std::chrono::steady_clock;

  access_log(std::filesystem::path file, std::unique_ptr<descriptor> out, access_log_metrics& metrics);

  void run();
  void write_all(const std::vector<std::string>& handed_over);
  void write(std::string_view lines);
  void take_back(std::size_t bytes) const noexcept;
  void note_written(int fault);
  void tell_of_dropped();

  const std::filesystem::path path_;
  access_log_metrics& metrics_;

  std::mutex mutex_; ///< over what follows, up to `ending_`
  std::condition_variable wake_;
  std::vector<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;    ///< with those that are being written
  std::uint64_t overflow_ = 0;       ///< lines dropped since that was last told
  std::unique_ptr<descriptor> next_; ///< to go on with
  bool ending_ = false;

  // The writing thread's.
  std::unique_ptr<descriptor> out_;
  std::string chunk_;
  int fault_ = 0; ///< errno of the last write; 0: it went well
  log_gate overflow_log_{std::chrono::minutes{1}};

  std::thread writer_; ///< last: it uses the others
};

} // namespace tessera
