#include "guard/metric_history.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace tessera {

namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr std::int64_t tolerated_step_back_s = 60;

} // namespace

metric_history::metric_history(std::size_t series) : series_(series) {
  for (std::size_t i = 0; i < scales.size(); ++i)
    rings_[i].values.assign(scales[i].points * width(i), unknown);
  clear();
}

void metric_history::clear() {
  for (auto& each : rings_)
    each.last_s = 0, each.size = 0, each.next = 0;
  for (auto& each : gathering_) {
    each.end_s = 0;
    each.sum.assign(series_, 0);
    each.known.assign(series_, 0);
    each.least.assign(series_, unknown);
    each.greatest.assign(series_, unknown);
  }
}

void metric_history::push(std::size_t which, std::int64_t at_s, std::span<const float> row) {
  auto& ring = rings_[which];
  auto put = [&](auto&& fill) {
    fill(ring.values.begin() + static_cast<std::ptrdiff_t>(ring.next * width(which)));
    ring.next = (ring.next + 1) % scales[which].points;
    ring.size = std::min(ring.size + 1, scales[which].points);
  };
  if (ring.last_s != 0) {
    auto missing = (at_s - ring.last_s) / scales[which].step_s - 1;
    for (missing = std::min(missing, static_cast<std::int64_t>(scales[which].points)); missing > 0; --missing)
      put([&](auto place) { std::fill_n(place, width(which), unknown); });
  }
  put([&](auto place) { std::ranges::copy(row, place); });
  ring.last_s = at_s;
}

void metric_history::finish(std::size_t which) {
  auto& done = gathering_[which];
  std::vector<float> row;
  row.reserve(width(which));
  for (std::size_t i = 0; i < series_; ++i)
    row.push_back(done.known[i] == 0 ? unknown : done.sum[i] / static_cast<float>(done.known[i]));
  row.insert(row.end(), done.least.begin(), done.least.end());
  row.insert(row.end(), done.greatest.begin(), done.greatest.end());
  push(which, done.end_s, row);
  std::ranges::fill(done.sum, 0.F);
  std::ranges::fill(done.known, 0U);
  std::ranges::fill(done.least, unknown);
  std::ranges::fill(done.greatest, unknown);
}

void metric_history::add(std::int64_t at_s, std::span<const float> values) {
  assert(values.size() == series_);
  std::lock_guard guard{mutex_};
  if (auto last = rings_[0].last_s; at_s <= last) {
    if (last - at_s <= tolerated_step_back_s)
      return;
    clear();
  }
  push(0, at_s, values);
  for (std::size_t which = 1; which < scales.size(); ++which) {
    auto step = scales[which].step_s;
    auto end = (at_s + step - 1) / step * step;
    auto& now = gathering_[which];
    if (now.end_s != 0 && now.end_s != end)
      finish(which);
    now.end_s = end;
    for (std::size_t i = 0; i < series_; ++i) {
      if (std::isnan(values[i]))
        continue;
      now.sum[i] += values[i];
      ++now.known[i];
      now.least[i] = std::fmin(now.least[i], values[i]); // of a number and NaN: the number
      now.greatest[i] = std::fmax(now.greatest[i], values[i]);
    }
  }
}

const float* metric_history::row(std::size_t which, std::size_t age) const noexcept {
  auto points = scales[which].points;
  return rings_[which].values.data() + (rings_[which].next + points - 1 - age) % points * width(which);
}

metric_history::columns metric_history::get(range range, std::int64_t since_s) const {
  auto which = static_cast<std::size_t>(range);
  auto step = scales[which].step_s;
  columns found;
  std::lock_guard guard{mutex_};
  const auto& ring = rings_[which];
  auto count = ring.size;
  if (since_s > 0)
    count = since_s >= ring.last_s
                ? 0
                : std::min(count, static_cast<std::size_t>((ring.last_s - since_s + step - 1) / step));
  auto fill = [&](std::vector<std::vector<float>>& all, std::size_t offset) {
    all.resize(series_);
    for (std::size_t i = 0; i < series_; ++i)
      for (auto age = count; age > 0; --age)
        all[i].push_back(row(which, age - 1)[offset + i]);
  };
  for (auto age = count; age > 0; --age)
    found.at_s.push_back(ring.last_s - static_cast<std::int64_t>(age - 1) * step);
  fill(found.mean, 0);
  if (which > 0) {
    fill(found.least, series_);
    fill(found.greatest, 2 * series_);
  }
  return found;
}

float metric_history::greatest(std::size_t series) const {
  std::lock_guard guard{mutex_};
  float found = unknown;
  for (std::size_t age = 0; age < rings_[0].size; ++age)
    found = std::fmax(found, row(0, age)[series]);
  return found;
}

} // namespace tessera
