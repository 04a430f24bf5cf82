#include "gateway/http/request_head.hpp"

#include "cards/trim_blanks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tessera {

namespace {

constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned char c :
       std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    table[c] = true;
  return table;
}();

bool is_token(std::string_view text) noexcept {
  for (unsigned char c : text)
    if (!token_characters[c])
      return false;
  return !text.empty();
}

bool equal_nocase(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size())
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + ('a' - 'A'));
    if (c != lower[i])
      return false;
  }
  return true;
}

/// Returns the position of the first control character from `at` on that is no tab; the size if there is none.
std::size_t find_control(std::string_view text, std::size_t at) noexcept {
#ifdef __SSE2__
  const auto highest = _mm_set1_epi8(0x1f);
  const auto tab = _mm_set1_epi8('\t');
  const auto del = _mm_set1_epi8(0x7f);
  constexpr std::size_t step = sizeof(__m128i);
  for (; at + step <= text.size(); at += step) {
    auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    auto low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, highest), bytes);
    auto found = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), low), _mm_cmpeq_epi8(bytes, del));
    if (auto bits = static_cast<unsigned>(_mm_movemask_epi8(found)); bits != 0)
      return at + static_cast<std::size_t>(std::countr_zero(bits));
  }
#endif
  for (; at < text.size(); ++at) {
    auto c = static_cast<unsigned char>(text[at]);
    if ((c < 0x20 && c != '\t') || c == 0x7f)
      break;
  }
  return at;
}

http_method method_of(std::string_view name) noexcept {
  for (auto each : {http_method::get, http_method::post, http_method::head, http_method::delete_, http_method::options,
                    http_method::query})
    if (name == to_string(each))
      return each;
  return http_method::other;
}

/// REQUIRES: it is not empty.
bool is_target(std::string_view text) noexcept {
  bool plain = text.front() == '/' || text == "*";
  for (unsigned char c : text)
    plain &= c > 0x20 && c < 0x7f;
  return plain;
}

/// Reads a request line without its ending. REQUIRES: no control character in it but tabs.
head_fault read_request_line(std::string_view line, const head_limits& limits, http_request& out) noexcept {
  auto first = line.find(' ');
  if (first == line.npos || !is_token(line.substr(0, first)))
    return head_fault::request_line;
  auto rest = line.substr(first + 1);
  auto second = rest.find(' ');
  if (std::min(second, rest.size()) > limits.target_bytes)
    return head_fault::target_too_long;
  if (second == 0 || second == rest.npos || !is_target(rest.substr(0, second)))
    return head_fault::request_line;
  auto version = rest.substr(second + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return version.starts_with("HTTP/") ? head_fault::version : head_fault::request_line;
  out.http_1_1 = version.back() == '1';
  out.method_text = line.substr(0, first);
  out.method = method_of(out.method_text);
  auto target = rest.substr(0, second);
  target = target.substr(0, target.find('#'));
  auto mark = target.find('?');
  out.path = target.substr(0, mark);
  if (mark != target.npos)
    out.query = target.substr(mark + 1);
  return head_fault::none;
}

/// Returns whether an Accept-Encoding value has gzip, and not with a weight of 0. Who writes it in another way than all
/// clients do gets what is not compressed.
bool names_gzip(std::string_view value) noexcept {
  auto at = value.find("gzip");
  if (at == value.npos)
    return false;
  auto rest = value.substr(at + 4);
  rest = rest.substr(0, rest.find(','));
  auto weight = rest.find("q=0");
  return weight == rest.npos || rest.find_first_of("123456789", weight + 3) != rest.npos;
}

/// Reads header lines, and keeps what must hold over all of them together.
class field_reader {
public:
  explicit field_reader(http_request& out) noexcept : out_(out) {
  }

  /// Reads one line without its ending. REQUIRES: it is not empty, and has no control character but tabs.
  head_fault add(std::string_view line) noexcept {
    if (line.front() == ' ' || line.front() == '\t')
      return head_fault::folded_header;
    std::size_t colon = 0;
    while (colon < line.size() && token_characters[static_cast<unsigned char>(line[colon])])
      ++colon;
    if (colon == 0 || colon == line.size() || line[colon] != ':')
      return head_fault::header_name;
    return add(line.substr(0, colon), trim_blanks(line.substr(colon + 1)));
  }

  head_fault finish() noexcept {
    if (lengths_ > 0 && out_.chunked)
      return head_fault::both_lengths;
    if (out_.chunked && !out_.http_1_1)
      return head_fault::transfer_encoding;
    if (hosts_ == 0 && out_.http_1_1)
      return head_fault::host;
    out_.keep_alive = out_.http_1_1 ? !says_close_ : says_keep_alive_;
    out_.expects_continue = out_.expects_continue && out_.http_1_1; // RFC 9110, section 10.1.1
    return head_fault::none;
  }

private:
  /// By the length of the name, which tells most of them apart without a look at their letters.
  head_fault add(std::string_view name, std::string_view value) noexcept {
    auto is = [name](std::string_view lower) { return equal_nocase(name, lower); };
    switch (name.size()) {
    case 4:
      if (is("host")) {
        out_.host = value;
        return ++hosts_ > 1 ? head_fault::host : head_fault::none;
      }
      break;
    case 6:
      if (is("accept"))
        out_.accept = value;
      else if (is("origin"))
        out_.origin = value;
      else if (is("expect"))
        out_.expects_continue = equal_nocase(value, "100-continue");
      break;
    case 9:
      out_.forwarded |= is("forwarded");
      break;
    case 10:
      if (is("connection"))
        return add_connection(value);
      break;
    case 11:
      if (is("traceparent"))
        out_.traceparent = value;
      break;
    case 12:
      if (is("content-type"))
        out_.content_type = value;
      else if (is("x-request-id"))
        out_.request_id = value;
      break;
    case 13:
      if (is("authorization"))
        out_.authorization.add(value);
      else if (is("if-none-match"))
        out_.if_none_match = value;
      break;
    case 14:
      if (is("content-length"))
        return add_length(value);
      if (is("x-debug-timing"))
        out_.wants_timing = value == "1";
      break;
    case 15:
      add_of_fifteen_letters(name, value);
      break;
    case 17:
      if (is("transfer-encoding")) {
        if (out_.chunked || !equal_nocase(value, "chunked"))
          return head_fault::transfer_encoding;
        out_.chunked = true;
      }
      break;
    case 29:
      if (is("access-control-request-method"))
        out_.requested_method = value;
      break;
    default:
      break;
    }
    return head_fault::none;
  }

  void add_of_fifteen_letters(std::string_view name, std::string_view value) noexcept {
    if (equal_nocase(name, "accept-encoding")) {
      out_.accepts_gzip = names_gzip(value);
    } else if (equal_nocase(name, "x-forwarded-for")) {
      out_.forwarded = true;
      out_.x_forwarded_for.add(value);
    } else if (equal_nocase(name, "idempotency-key")) {
      out_.idempotency_key = value;
      out_.idempotency_keys = out_.idempotency_keys == 0 ? 1 : 2;
    }
  }

  head_fault add_connection(std::string_view value) noexcept {
    for (;;) {
      auto comma = value.find(',');
      auto option = trim_blanks(value.substr(0, comma));
      if (!option.empty() && !is_token(option))
        return head_fault::connection;
      says_close_ |= equal_nocase(option, "close");
      says_keep_alive_ |= equal_nocase(option, "keep-alive");
      if (comma == value.npos)
        return head_fault::none;
      value.remove_prefix(comma + 1);
    }
  }

  head_fault add_length(std::string_view value) noexcept {
    constexpr std::size_t most_digits = 18; // fits 64 bits
    if (++lengths_ > 1 || value.empty() || value.size() > most_digits)
      return head_fault::content_length;
    std::uint64_t length = 0;
    for (auto digit : value) {
      if (digit < '0' || digit > '9')
        return head_fault::content_length;
      length = 10 * length + static_cast<std::uint64_t>(digit - '0');
    }
    out_.content_length = length;
    return head_fault::none;
  }

  http_request& out_;
  unsigned hosts_ = 0;
  unsigned lengths_ = 0;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
};

head_verdict refuse(head_fault fault) noexcept {
  return {head_verdict::state::refused, fault, 0};
}

/// Judges a head whose end, or the end of whose request line (`first`), has not arrived.
head_verdict judge_beginning(std::string_view received, const head_limits& limits, bool first) noexcept {
  if (received.size() > limits.head_bytes)
    return refuse(first ? head_fault::target_too_long : head_fault::head_too_large);
  // A target over its limit is told apart from a head over its limit as soon as it is sure.
  auto space = first ? received.find(' ') : received.npos;
  if (space != received.npos && received.find(' ', space + 1) == received.npos
      && received.size() - space > limits.target_bytes)
    return refuse(head_fault::target_too_long);
  return {};
}

} // namespace

head_verdict read_head(std::string_view received, const head_limits& limits, http_request& out) noexcept {
  field_reader fields{out};
  bool first = true;
  std::size_t at = 0;
  for (;;) {
    auto end = find_control(received, at);
    if (end + 1 < received.size() && received[end] == '\r' && received[end + 1] == '\n') {
      if (end + 2 > limits.head_bytes)
        return refuse(head_fault::head_too_large);
      auto line = received.substr(at, end - at);
      at = end + 2;
      auto fault = head_fault::none;
      if (line.empty() && !first) {
        fault = fields.finish();
        return fault == head_fault::none ? head_verdict{head_verdict::state::complete, fault, at} : refuse(fault);
      }
      fault = first ? read_request_line(line, limits, out) : fields.add(line);
      if (fault != head_fault::none)
        return refuse(fault);
      first = false;
      continue;
    }
    if (end == received.size() || (received[end] == '\r' && end + 1 == received.size()))
      return judge_beginning(received, limits, first);
    bool is_ending = received[end] == '\r' || received[end] == '\n';
    return refuse(is_ending ? head_fault::line_ending : head_fault::control_character);
  }
}

std::string_view explain(head_fault fault) noexcept {
  switch (fault) {
  case head_fault::none:
    return "";
  case head_fault::request_line:
    return "The request line is not METHOD, target and HTTP version, separated by single spaces";
  case head_fault::version:
    return "Only HTTP/1.1 and HTTP/1.0 are spoken here";
  case head_fault::line_ending:
    return "Lines of the request head must end with carriage return and line feed";
  case head_fault::control_character:
    return "The request head holds a control character";
  case head_fault::folded_header:
    return "Folded header lines are not accepted";
  case head_fault::header_name:
    return "A header name is empty or holds a character that is not allowed";
  case head_fault::host:
    return "Exactly one Host header is required";
  case head_fault::connection:
    return "Connection must be a list of options";
  case head_fault::content_length:
    return "Content-Length must be given once, as a plain number";
  case head_fault::transfer_encoding:
    return "The only Transfer-Encoding accepted is chunked, once, in HTTP/1.1";
  case head_fault::both_lengths:
    return "Content-Length and Transfer-Encoding must not be given together";
  case head_fault::head_too_large:
    return "The request head is too large";
  case head_fault::target_too_long:
    return "The request target is too long";
  }
  return "";
}

} // namespace tessera
