#include "app/progress.hpp"

#include "config/grouped.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace tessera {

namespace {

using namespace std::chrono_literals;
using seconds_of_double = std::chrono::duration<double>;

/// Long enough to even out commits, short enough to follow a change.
constexpr auto window_length = 5s;
constexpr auto between_samples = 100ms;

/// Before that a rate says nothing.
constexpr auto shortest_span = 200ms;

/// More is no estimate any more.
constexpr double longest_time_left = 99 * 3600;

constexpr std::size_t widest_bar = 30;
constexpr std::size_t narrowest_bar = 5;

constexpr auto between_redraws = 100ms;
constexpr auto between_plain_lines = 10s;
constexpr std::size_t usual_width = 80;

constexpr std::string_view to_line_start_and_clear = "\r\x1b[K";

std::string rate_text(double per_second) {
  if (per_second < 10) {
    char text[16];
    std::snprintf(text, sizeof text, "%.1f/s", per_second);
    return text;
  }
  return grouped(static_cast<std::uint64_t>(std::llround(per_second))) + "/s";
}

/// "0:07", "12:05", "1:02:03".
std::string clock_text(double seconds) {
  auto all = static_cast<std::uint64_t>(std::llround(seconds));
  char text[32];
  if (all < 3600)
    std::snprintf(text, sizeof text, "%u:%02u", static_cast<unsigned>(all / 60), static_cast<unsigned>(all % 60));
  else
    std::snprintf(text, sizeof text, "%u:%02u:%02u", static_cast<unsigned>(all / 3600),
                  static_cast<unsigned>(all / 60 % 60), static_cast<unsigned>(all % 60));
  return text;
}

std::string bar(double share, std::size_t width) {
  auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string text(full, '=');
  if (full < width)
    text.append(">").append(width - full - 1, ' ');
  return "[" + text + "]  ";
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual_width;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

} // namespace

progress_meter::progress_meter(std::string unit, std::optional<std::uint64_t> total, time_point start)
    : unit_(std::move(unit)), total_(total), has_share_(total && *total > 0), first_{start}, window_{first_} {
}

void progress_meter::update(std::uint64_t count, time_point now) {
  add({now, count, has_share_ ? static_cast<double>(count) / static_cast<double>(*total_) : 0});
}

void progress_meter::update(std::uint64_t count, double share, time_point now) {
  has_share_ = true;
  add({now, count, share});
}

void progress_meter::begin_at(std::uint64_t count, double share) {
  first_.count = count;
  first_.share = share;
  window_.assign({first_});
}

void progress_meter::add(sample now) {
  now.share = std::clamp(now.share, 0.0, 1.0);
  // The newest always counts, but how many are kept does not depend on how often this is called.
  if (window_.size() > 1 && now.at - window_[window_.size() - 2].at < between_samples)
    window_.back() = now;
  else
    window_.push_back(now);
  while (window_.size() > 2 && now.at - window_[1].at >= window_length)
    window_.pop_front();
}

double progress_meter::rate() const {
  auto span = window_.back().at - window_.front().at;
  if (span < shortest_span)
    return 0;
  return static_cast<double>(window_.back().count - window_.front().count) / seconds_of_double{span}.count();
}

std::optional<double> progress_meter::seconds_left() const {
  auto span = window_.back().at - window_.front().at;
  auto gained = window_.back().share - window_.front().share;
  if (!has_share_ || span < shortest_span || gained <= 0)
    return std::nullopt;
  auto left = (1 - window_.back().share) / gained * seconds_of_double{span}.count();
  return left <= longest_time_left ? std::optional{left} : std::nullopt;
}

std::string progress_meter::line(std::size_t width) const {
  auto now = window_.back();
  std::string text;
  if (has_share_) {
    char percent[16];
    std::snprintf(percent, sizeof percent, "%3u%%  ", static_cast<unsigned>(now.share * 100));
    text = percent;
  }
  text.append(grouped(now.count));
  if (total_)
    text.append(" of ").append(grouped(*total_));
  text.append(" ").append(unit_);
  if (auto speed = rate(); speed > 0)
    text.append("  ").append(rate_text(speed));
  if (auto left = seconds_left())
    text.append("  ").append(clock_text(*left)).append(" left");
  constexpr std::size_t frame = 4; // the brackets and the gap after them
  if (has_share_ && width >= text.size() + narrowest_bar + frame)
    text.insert(0, bar(now.share, std::min(widest_bar, width - text.size() - frame)));
  return text.substr(0, width);
}

std::string progress_meter::summary() const {
  auto took = seconds_of_double{window_.back().at - first_.at}.count();
  auto text = grouped(window_.back().count) + " " + unit_ + " in " + clock_text(took);
  if (auto done = window_.back().count - first_.count; done > 0 && took > 0)
    text.append("  ").append(rate_text(static_cast<double>(done) / took));
  return text;
}

progress_line::progress_line(std::string unit, std::optional<std::uint64_t> total)
    : meter_(std::move(unit), total, std::chrono::steady_clock::now()), terminal_(isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() + (terminal_ ? 0s : between_plain_lines)) {
}

progress_line::~progress_line() {
  if (shown_)
    print("\n");
}

void progress_line::update(std::uint64_t count) {
  auto now = std::chrono::steady_clock::now();
  meter_.update(count, now);
  show(now);
}

void progress_line::update(std::uint64_t count, double share) {
  auto now = std::chrono::steady_clock::now();
  meter_.update(count, share, now);
  show(now);
}

void progress_line::begin_at(std::uint64_t count, double share) {
  meter_.begin_at(count, share);
}

void progress_line::show(time_point now) {
  if (now < next_)
    return;
  next_ = now + (terminal_ ? between_redraws : std::chrono::milliseconds{between_plain_lines});
  if (terminal_) {
    // A line that fills the last column would make some terminals begin another.
    print(std::string{to_line_start_and_clear} + meter_.line(terminal_width() - 1));
    shown_ = true;
  } else {
    print(meter_.line(std::string::npos) + "\n");
  }
}

void progress_line::finish() {
  if (!shown_)
    return;
  print(std::string{to_line_start_and_clear} + meter_.summary() + "\n");
  shown_ = false;
}

} // namespace tessera
