#include "gateway/http/request.hpp"

namespace tessera {

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

} // namespace tessera
