#include "gateway/http/chunked_body.hpp"

#include <utility> // before Asio: Boost 1.74 uses std::exchange in C++20 without including it

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace tessera {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Keeps the parts of the body; the head was read before.
class chunked_body::decoder : public http::basic_parser<true> {
public:
  decoder() {
    // Both limits are ours and are applied elsewhere: heads by read_head, bodies by the session.
    header_limit(1u << 20);
    body_limit(std::numeric_limits<std::uint64_t>::max()); // Boost 1.74 takes none for a limit of nothing
  }

  std::string text;

private:
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int, beast::error_code&) override {
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {
  }
  void on_field_impl(http::field, beast::string_view, beast::string_view, beast::error_code&) override {
  }
  void on_header_impl(beast::error_code&) override {
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {
  }
  std::size_t on_body_impl(beast::string_view, beast::error_code&) override {
    return 0;
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part, beast::error_code&) override {
    text.append(part.data(), part.size());
    return part.size();
  }
  void on_finish_impl(beast::error_code&) override {
  }
};

chunked_body::chunked_body(std::string_view head) : decoder_(std::make_unique<decoder>()) {
  beast::error_code fault;
  decoder_->put(boost::asio::const_buffer{head.data(), head.size()}, fault);
  decoder_->eager(true);
}

chunked_body::~chunked_body() = default;

std::optional<std::size_t> chunked_body::feed(std::string_view bytes) {
  // Beast asserts that the last chunk does not come in smaller pieces. Whatever is still to come of a body ends with
  // "0\r\n\r\n", so waiting for as much never waits for too much.
  constexpr std::size_t last_chunk_size = 5;
  if (bytes.size() < last_chunk_size)
    return 0;
  beast::error_code fault;
  auto consumed = decoder_->put(boost::asio::const_buffer{bytes.data(), bytes.size()}, fault);
  if (fault && fault != http::error::need_more)
    return std::nullopt;
  return consumed;
}

bool chunked_body::complete() const noexcept {
  return decoder_->is_done();
}

const std::string& chunked_body::text() const noexcept {
  return decoder_->text;
}

} // namespace tessera
