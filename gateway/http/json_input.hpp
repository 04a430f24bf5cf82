#pragma once

#include "cards/card.hpp"
#include "cards/id_number.hpp"
#include "gateway/http/http_errors.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What clients send in bodies, parsed and checked; a problem names the member that is wrong.
namespace tessera {

template <class T>
using input = std::variant<T, problem>;

/// Checks that a body may be read as JSON: Content-Type absent or application/json (parameters ignored).
std::optional<problem> check_content_type(std::string_view content_type);

/// `{"id_number": "8001015009087"}`, with the full check of the number.
input<id_number> parse_lookup_body(std::string_view body);

/// `{"member_limit": 1000}`; an absent body or member means 1,000. 100 to 10,000.
input<std::uint32_t> parse_warm_body(std::string_view body);

/// `{"id_number": "…"}` or nothing at all.
input<std::optional<id_number>> parse_clear_body(std::string_view body);

/// `{"template": "standard", "issued_by": "…", "custom_expiry": "2027-01-31"}`; only `issued_by` is required.
input<card_request> parse_card_body(std::string_view body, std::chrono::sys_days today);

struct batch_input {
  std::vector<std::string> member_ids; ///< 1 to 100, as sent
  card_request card;
  std::uint32_t concurrency = 10; ///< 1 to 20
};

/// `{"member_ids": ["12", …], "template": …, "issued_by": …, "concurrency": 10}`
input<batch_input> parse_batch_body(std::string_view body, std::chrono::sys_days today);

/// `{"card_data": "…"}`
input<std::string> parse_verify_body(std::string_view body);

/// `{"reason": "…"}`
input<std::string> parse_revoke_body(std::string_view body);

} // namespace tessera
