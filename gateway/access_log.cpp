#include "gateway/access_log.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tessera {

namespace {

/// How long lines gather before they are written, unless there are many: a write for each round of a loop would cost
/// more than the lines.
constexpr std::chrono::milliseconds gathering_time{100};
constexpr std::size_t many = 1024 * 1024;

/// How much one write takes, where there is as much.
constexpr std::size_t chunk_size = 256 * 1024;

std::string text_of(int system_error) {
  return std::generic_category().message(system_error);
}

std::uint64_t lines_in(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

/// Not blocking: it may be a pipe that nobody reads.
result<std::unique_ptr<descriptor>> open_file(const std::filesystem::path& file) {
  auto out = std::make_unique<descriptor>(
      ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR));
  if (!*out)
    return failure{error_code::validation, "The access log " + file.string() + " cannot be opened (" + text_of(errno)
                                               + "); let the user that runs the service write there, or set "
                                                 "log.access_file to another file"};
  return out;
}

} // namespace

result<std::unique_ptr<access_log>> access_log::open(std::filesystem::path file, access_log_metrics& metrics) {
  auto out = open_file(file);
  if (!out)
    return out.error();
  return std::unique_ptr<access_log>{new access_log{std::move(file), std::move(*out), metrics}};
}

access_log::access_log(std::filesystem::path file, std::unique_ptr<descriptor> out, access_log_metrics& metrics)
    : path_(std::move(file)), metrics_(metrics), out_(std::move(out)) {
  chunk_.reserve(chunk_size);
  writer_ = std::thread{[this] { run(); }};
}

access_log::~access_log() {
  close();
}

void access_log::put(std::string lines) {
  auto size = lines.capacity();
  std::lock_guard guard{mutex_};
  if (waiting_bytes_ + size > most_waiting) {
    auto dropped = lines_in(lines);
    overflow_ += dropped;
    add_shared(metrics_.dropped, dropped);
    return;
  }
  waiting_.push_back(std::move(lines));
  auto before = std::exchange(waiting_bytes_, waiting_bytes_ + size);
  if (waiting_.size() == 1 || (before < many && waiting_bytes_ >= many))
    wake_.notify_one();
}

status access_log::reopen() {
  auto opened = open_file(path_);
  if (!opened)
    return opened.error();
  std::lock_guard guard{mutex_};
  next_ = std::move(*opened);
  wake_.notify_one();
  return ok();
}

void access_log::close() {
  if (!writer_.joinable())
    return;
  {
    std::lock_guard guard{mutex_};
    ending_ = true;
    wake_.notify_one();
  }
  writer_.join();
}

void access_log::run() {
  std::vector<std::string> handed_over;
  bool last = false;
  while (!last) {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return !waiting_.empty() || next_ || ending_; });
    wake_.wait_for(lock, gathering_time, [this] { return waiting_bytes_ >= many || next_ || ending_; });
    handed_over.swap(waiting_);
    auto bytes = waiting_bytes_;
    auto next = std::move(next_);
    last = ending_;
    lock.unlock();
    write_all(handed_over);
    handed_over.clear();
    if (next)
      out_ = std::move(next);
    lock.lock();
    waiting_bytes_ -= bytes;
    tell_of_dropped();
  }
}

void access_log::write_all(const std::vector<std::string>& handed_over) {
  for (const auto& lines : handed_over) {
    if (chunk_.size() + lines.size() > chunk_size) {
      write(chunk_);
      chunk_.clear();
    }
    if (lines.size() > chunk_size)
      write(lines);
    else
      chunk_ += lines;
  }
  write(chunk_);
  chunk_.clear();
}

/// Writes whole lines. Those that do not go in are dropped, and of the last that did go in no part remains.
void access_log::write(std::string_view lines) {
  auto rest = lines;
  int fault = 0;
  while (!rest.empty() && fault == 0) {
    auto size = ::write(out_->number(), rest.data(), rest.size());
    if (size >= 0)
      rest.remove_prefix(static_cast<std::size_t>(size));
    else if (errno != EINTR)
      fault = errno;
  }
  auto gone_in = lines.substr(0, lines.size() - rest.size());
  auto whole = gone_in.rfind('\n') + 1; // 0 if there is none
  if (whole < gone_in.size())
    take_back(gone_in.size() - whole);
  auto written = lines_in(gone_in);
  add(metrics_.written, written);
  add_shared(metrics_.dropped, lines_in(lines) - written);
  if (!lines.empty())
    note_written(fault);
}

/// Takes the last bytes off the file again, if it is one that can do that.
void access_log::take_back(std::size_t bytes) const noexcept {
  struct stat found {};
  if (::fstat(out_->number(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_size < static_cast<off_t>(bytes)
      || ::ftruncate(out_->number(), found.st_size - static_cast<off_t>(bytes)) != 0)
    spdlog::warn("access log: a line is incomplete");
}

void access_log::note_written(int fault) {
  if (std::exchange(fault_, fault) == fault)
    return;
  if (fault != 0)
    spdlog::error("access log: cannot be written ({}); lines are lost until it can", text_of(fault));
  else
    spdlog::info("access log: is written again");
}

/// REQUIRES: the mutex is held.
void access_log::tell_of_dropped() {
  if (overflow_ > 0 && overflow_log_.pass(clock::now()))
    spdlog::warn("access log: {} lines were dropped, the file does not take them in time", std::exchange(overflow_, 0));
}

} // namespace tessera
