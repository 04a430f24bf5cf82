#pragma once

#include "cards/errors.hpp"
#include "cards/id_number.hpp"
#include "cards/member.hpp"
#include "cards/member_id.hpp"
#include "cards/shared_body.hpp"
#include "storage/l1_store.hpp"
#include "storage/l2_client.hpp"

#include <caf/detail/stringification_inspector.hpp>
#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/sec.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

/// How the types of the lower folders travel: they know nothing of CAF, so their `inspect` stands here. Printing them
/// through CAF never shows personal data: an ID number prints as its mask and a body as its size.
namespace tessera {

template <class Inspector>
inline constexpr bool prints = std::is_same_v<Inspector, caf::detail::stringification_inspector>;

template <class Inspector>
auto inspect(Inspector& f, member_id& x) {
  return f(caf::meta::type_name("tessera::member_id"), x.value);
}

template <class Inspector>
auto inspect(Inspector& f, load_stamp& x) {
  return f(caf::meta::type_name("tessera::load_stamp"), x.value);
}

template <class Inspector>
auto inspect(Inspector& f, l2_generation& x) {
  return f(caf::meta::type_name("tessera::l2_generation"), x.value, x.epoch);
}

template <class Inspector>
auto inspect(Inspector& f, id_number& x) {
  if constexpr (prints<Inspector>) {
    return f(caf::meta::type_name("tessera::id_number"));
  } else {
    auto packed = x.packed();
    auto load = [&]() -> caf::error {
      auto number = id_number::from_packed(packed);
      if (!number)
        return caf::sec::invalid_argument;
      x = *number;
      return caf::none;
    };
    return f(packed, caf::meta::load_callback(load));
  }
}

template <class Inspector>
auto inspect(Inspector& f, body_ptr& x) {
  if constexpr (prints<Inspector>) {
    std::uint64_t size = x ? x->text().size() : 0;
    return f(caf::meta::type_name("tessera::body_ptr"), size);
  } else {
    bool present = x != nullptr;
    std::uint64_t etag = x ? x->etag() : 0;
    std::string text;
    std::string packed;
    if constexpr (Inspector::reads_state) {
      if (x) {
        text = x->text();
        packed = x->packed();
      }
    }
    auto load = [&]() -> caf::error {
      x = present ? shared_body::make(text, packed, etag) : nullptr;
      return caf::none;
    };
    return f(present, text, packed, etag, caf::meta::load_callback(load));
  }
}

} // namespace tessera
