#pragma once

#include <cstddef>
#include <utility>

namespace tessera::testing {

/// Stands for a field of any type when trying how many an aggregate takes.
struct any_field {
  template <class Field>
  constexpr operator Field&() const& noexcept;
  template <class Field>
  constexpr operator Field&() const&& noexcept;
};

template <class Aggregate, std::size_t... Is>
constexpr bool takes_fields(std::index_sequence<Is...>) {
  return requires {
    Aggregate{((void)Is, any_field{})...};
  };
}

/// Returns how many fields the aggregate has (at most 24), found by trying.
template <class Aggregate, std::size_t Tried = 24>
constexpr std::size_t aggregate_fields() {
  if constexpr (Tried == 0 || takes_fields<Aggregate>(std::make_index_sequence<Tried>{}))
    return Tried;
  else
    return aggregate_fields<Aggregate, Tried - 1>();
}

} // namespace tessera::testing
