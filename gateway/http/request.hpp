#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tessera {

enum class http_method : std::uint8_t { get, head, post, delete_, options, query, other };

/// Returns the method's name as it stands in a request line; "" for `other`.
std::string_view to_string(http_method method) noexcept;

/// The values of a header that may stand on several lines, in order; of too many, the last ones.
class header_lines {
public:
  static constexpr std::size_t most = 4;

  void add(std::string_view value) noexcept {
    if (size_ == most) {
      for (std::size_t i = 1; i < most; ++i)
        values_[i - 1] = values_[i];
      --size_;
    }
    values_[size_++] = value;
  }
  std::span<const std::string_view> values() const noexcept {
    return {values_.data(), size_};
  }

private:
  std::array<std::string_view, most> values_;
  std::size_t size_ = 0;
};

/// A request as `read_head` finds it. All views point into the bytes that were parsed.
struct http_request {
  http_method method = http_method::other;
  bool http_1_1 = true;
  bool keep_alive = true;
  bool expects_continue = false;
  bool wants_timing = false; ///< X-Debug-Timing: 1
  bool chunked = false;
  bool forwarded = false;            ///< carries Forwarded or X-Forwarded-For
  bool accepts_gzip = false;         ///< Accept-Encoding names gzip, without a weight of 0
  std::uint8_t idempotency_keys = 0; ///< how many lines of Idempotency-Key there are, up to 2
  std::uint64_t content_length = 0;
  std::string_view method_text;
  std::string_view path;       ///< of the target, as sent, without the query
  std::string_view query;      ///< of the target, as sent, without its question mark
  std::string_view host;
  std::string_view request_id; ///< X-Request-Id
  std::string_view traceparent;
  std::string_view if_none_match;
  std::string_view content_type;
  std::string_view accept;
  std::string_view origin;
  std::string_view requested_method; ///< Access-Control-Request-Method
  std::string_view idempotency_key;  ///< of the last line
  header_lines authorization;
  header_lines x_forwarded_for;
  std::string_view body;
};

} // namespace tessera
