#include "gateway/http/request.hpp"

#include <utility> // before Asio: Boost 1.74 uses std::exchange in C++20 without including it

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace tessera {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

std::string_view view(beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

http_method method_of(http::verb verb, std::string_view text) noexcept {
  switch (verb) {
  case http::verb::get:
    return http_method::get;
  case http::verb::head:
    return http_method::head;
  case http::verb::post:
    return http_method::post;
  case http::verb::delete_:
    return http_method::delete_;
  case http::verb::options:
    return http_method::options;
  default:
    return text == "QUERY" ? http_method::query : http_method::other; // RFC 10008 is younger than Boost 1.74
  }
}

bool equal_nocase(std::string_view left, std::string_view right) noexcept {
  return beast::iequals({left.data(), left.size()}, {right.data(), right.size()});
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

/// Keeps views of the few fields that we use.
class field_sink : public http::basic_parser<true> {
public:
  explicit field_sink(http_request& out, std::string* body = nullptr) : out_(out), body_(body) {
    // Both limits are ours and are applied elsewhere: heads by check_head, bodies by the session.
    header_limit(1u << 20);
    body_limit(std::numeric_limits<std::uint64_t>::max()); // Boost 1.74 takes none for a limit of nothing
  }

private:
  void on_request_impl(http::verb verb, beast::string_view method, beast::string_view target, int version,
                       beast::error_code&) override {
    out_.method_text = view(method);
    out_.method = method_of(verb, out_.method_text);
    out_.http_1_1 = version == 11;
    out_.path = view(target);
    auto end = out_.path.find_first_of("?#");
    if (end != out_.path.npos && out_.path[end] == '?')
      out_.query = out_.path.substr(end + 1, out_.path.find('#', end) - end - 1);
    out_.path = out_.path.substr(0, end);
  }

  void on_field_impl(http::field name, beast::string_view name_text, beast::string_view value,
                     beast::error_code&) override {
    switch (name) {
    case http::field::expect:
      out_.expects_continue = equal_nocase(view(value), "100-continue");
      break;
    case http::field::host:
      out_.host = view(value);
      break;
    case http::field::if_none_match:
      out_.if_none_match = view(value);
      break;
    case http::field::accept:
      out_.accept = view(value);
      break;
    case http::field::accept_encoding:
      out_.accepts_gzip = names_gzip(view(value));
      break;
    case http::field::content_type:
      out_.content_type = view(value);
      break;
    case http::field::origin:
      out_.origin = view(value);
      break;
    case http::field::authorization:
      out_.authorization.add(view(value));
      break;
    case http::field::forwarded:
      out_.forwarded = true;
      break;
    case http::field::access_control_request_method:
      out_.requested_method = view(value);
      break;
    case http::field::unknown:
      on_unknown_field(view(name_text), view(value));
      break;
    default:
      break;
    }
  }

  void on_unknown_field(std::string_view name, std::string_view value) {
    if (equal_nocase(name, "x-request-id"))
      out_.request_id = value;
    else if (equal_nocase(name, "traceparent"))
      out_.traceparent = value;
    else if (equal_nocase(name, "x-debug-timing"))
      out_.wants_timing = value == "1";
    else if (equal_nocase(name, "x-forwarded-for")) {
      out_.forwarded = true;
      out_.x_forwarded_for.add(value);
    } else if (equal_nocase(name, "idempotency-key")) {
      out_.idempotency_key = value;
      out_.idempotency_keys = out_.idempotency_keys == 0 ? 1 : 2;
    }
  }

  void on_header_impl(beast::error_code&) override {
    out_.keep_alive = keep_alive();
    out_.expects_continue = out_.expects_continue && out_.http_1_1; // RFC 9110, section 10.1.1
    out_.chunked = chunked();
    auto length = content_length();
    out_.content_length = length ? *length : 0;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {
  }
  std::size_t on_body_impl(beast::string_view, beast::error_code&) override {
    return 0; // bodies of known length are the session's business
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part, beast::error_code&) override {
    if (body_)
      body_->append(part.data(), part.size());
    return part.size();
  }
  void on_finish_impl(beast::error_code&) override {
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {
  }

  http_request& out_;
  std::string* body_;
};

} // namespace

std::string_view to_string(http_method method) noexcept {
  switch (method) {
  case http_method::get:
    return "GET";
  case http_method::head:
    return "HEAD";
  case http_method::post:
    return "POST";
  case http_method::delete_:
    return "DELETE";
  case http_method::options:
    return "OPTIONS";
  case http_method::query:
    return "QUERY";
  case http_method::other:
    break;
  }
  return "";
}

bool parse_head(std::string_view head, http_request& out) {
  field_sink parser{out};
  beast::error_code fault;
  parser.put(boost::asio::const_buffer{head.data(), head.size()}, fault);
  return !fault && parser.is_header_done();
}

class chunked_body::sink {
public:
  sink() : parser(ignored, &text) {
  }
  http_request ignored; // trailers change nothing
  std::string text;
  field_sink parser;
};

chunked_body::chunked_body(std::string_view head) : sink_(std::make_unique<sink>()) {
  beast::error_code fault;
  sink_->parser.put(boost::asio::const_buffer{head.data(), head.size()}, fault);
  sink_->parser.eager(true);
}

chunked_body::~chunked_body() = default;

std::optional<std::size_t> chunked_body::feed(std::string_view bytes) {
  // Beast asserts that the last chunk does not come in smaller pieces. Whatever is still to come of a body ends with
  // "0\r\n\r\n", so waiting for as much never waits for too much.
  constexpr std::size_t last_chunk_size = 5;
  if (bytes.size() < last_chunk_size)
    return 0;
  beast::error_code fault;
  auto consumed = sink_->parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, fault);
  if (fault && fault != http::error::need_more)
    return std::nullopt;
  return consumed;
}

bool chunked_body::complete() const noexcept {
  return sink_->parser.is_done();
}

const std::string& chunked_body::text() const noexcept {
  return sink_->text;
}

} // namespace tessera
