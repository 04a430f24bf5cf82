#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera::loadtest {

/// How often each kind of something occurred, by its name. Plain memory of a fixed size, so that processes can share
/// it: kinds beyond the last place, and the rest of names that are longer, are cut off. All zero is empty.
class kind_counts {
public:
  void add(std::string_view name, std::uint64_t amount = 1) noexcept {
    name = name.substr(0, longest_name);
    auto last = places_.end() - 1;
    auto found = std::find_if(places_.begin(), last, [&](const place& each) {
      return each.count == 0 || std::string_view{each.name.data(), each.size} == name;
    });
    if (found->count == 0) {
      if (found == last)
        name = "others";
      std::copy(name.begin(), name.end(), found->name.begin());
      found->size = static_cast<std::uint32_t>(name.size());
    }
    found->count += amount;
  }

  void add(const kind_counts& other) noexcept {
    other.each([this](std::string_view name, std::uint64_t count) { add(name, count); });
  }

  template <class Visit>
  void each(Visit visit) const {
    for (const auto& each : places_)
      if (each.count > 0)
        visit(std::string_view{each.name.data(), each.size}, each.count);
  }

  std::uint64_t of(std::string_view name) const noexcept {
    std::uint64_t result = 0;
    each([&](std::string_view each, std::uint64_t count) { result += each == name ? count : 0; });
    return result;
  }

  std::uint64_t total() const noexcept {
    std::uint64_t result = 0;
    each([&](std::string_view, std::uint64_t count) { result += count; });
    return result;
  }

private:
  static constexpr std::size_t longest_name = 52;

  struct place {
    std::uint64_t count = 0;
    std::uint32_t size = 0;
    std::array<char, longest_name> name{};
  };

  std::array<place, 16> places_{};
};

} // namespace tessera::loadtest
