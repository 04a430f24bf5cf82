#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// Which of a fixed number of things have changed since somebody looked: one bit each. Any thread sets marks, one takes
/// them. What a mark tells of has to be guarded by a lock: changed and marked under it, and looked at under it after
/// the mark was taken. Then no change is missed, though the marks themselves order nothing.
class change_marks {
public:
  explicit change_marks(std::size_t count) : words_((count + bits - 1) / bits) {
  }

  void set(std::size_t which) noexcept {
    words_[which / bits].fetch_or(std::uint64_t{1} << which % bits, std::memory_order_relaxed);
  }

  /// Takes marks off and calls `f` with the number of each, until it returns false or all have had their turn. The next
  /// call goes on behind the last one, so that each gets its turn.
  template <class F>
  void take(F f) {
    for (std::size_t seen = 0; seen <= words_.size(); ++seen) { // the first word twice: begun in its midst
      auto& word = words_[next_ / bits];
      auto rest = word.load(std::memory_order_relaxed) & ~std::uint64_t{0} << next_ % bits;
      next_ -= next_ % bits;
      for (; rest != 0; rest &= rest - 1) {
        auto bit = static_cast<std::size_t>(std::countr_zero(rest));
        word.fetch_and(~(std::uint64_t{1} << bit), std::memory_order_relaxed);
        if (!f(next_ + bit)) {
          skip_to(next_ + bit + 1);
          return;
        }
      }
      skip_to(next_ + bits);
    }
  }

private:
  static constexpr std::size_t bits = 64;

  void skip_to(std::size_t which) noexcept {
    next_ = which == words_.size() * bits ? 0 : which;
  }

  std::vector<std::atomic<std::uint64_t>> words_;
  std::size_t next_ = 0; ///< where the next call begins
};

} // namespace tessera
