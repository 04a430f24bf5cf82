#include "loadtest/requests.hpp"

namespace tessera::loadtest {

namespace {

constexpr std::string_view version = " HTTP/1.1\r\n";

/// Named on the cards that are made, so that nobody takes them for others.
constexpr std::string_view generate_body = R"({"issued_by":"load test"})";

} // namespace

request_writer::request_writer(std::string_view host, std::string_view key) {
  headers_.append("Host: ").append(host).append("\r\n");
  if (!key.empty())
    headers_.append("Authorization: Bearer ").append(key).append("\r\n");
  get_end_.append(version).append(headers_).append("\r\n");
  generate_end_ = post_end(generate_body);
}

std::string_view request_writer::write(scenario asked, const load_member& whom) {
  if (asked == scenario::lookup) {
    auto digits = whom.number.digits();
    text_.assign("GET /api/v1/optimized-cards/member/").append(digits.data(), digits.size()).append(get_end_);
  } else if (asked == scenario::generate) {
    text_.assign("POST /api/v1/optimized-cards/generate-data/").append(std::to_string(whom.id.value));
    text_.append(generate_end_);
  } else {
    text_.assign("GET /api/v1/optimized-cards/cache-stats").append(get_end_);
  }
  return text_;
}

std::string_view request_writer::card_of(const load_member& whom) {
  return text_.assign("GET /api/v1/cards/").append(std::to_string(whom.id.value)).append(".json").append(get_end_);
}

std::string request_writer::verify(std::string_view token) const {
  std::string body{R"({"card_data":")"};
  body.append(token).append("\"}");
  return "POST /api/v1/optimized-cards/verify" + post_end(body);
}

std::string request_writer::post_end(std::string_view body) const {
  std::string text{version};
  text.append(headers_).append("Content-Type: application/json\r\nContent-Length: ");
  return text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

} // namespace tessera::loadtest
