#pragma once

#include "gateway/http/request.hpp"
#include "gateway/http/router.hpp"
#include "guard/client_key.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace tessera {

/// What the access log says of a request and its response, kept while the request is in flight.
struct access_entry {
  std::chrono::steady_clock::time_point since{}; ///< when it arrived
  route to = route::none;
  std::string method; ///< empty: what arrived is no request
  std::string path;   ///< masked, and cut if it is long; likewise
  std::string key;    ///< the id of the API key, "local" or "open"
  client_key client;

  unsigned status = 0; ///< from here on: the responder's
  std::string request_id;
  std::string_view cache; ///< of a literal: X-Cache; empty: no cache had to do with it
};

/// Says in `entry` what was asked: ID numbers masked, without the query.
void describe_request(access_entry& entry, const http_request& request);

/// Appends the line of a response: a JSON object and a newline.
/// @param at when it was answered, ISO 8601
/// @param bytes of the whole response, head and body; of a stream that begins, its head
/// @param took from the arrival of the request
void append_access_line(std::string& out, const access_entry& entry, std::string_view at, std::size_t bytes,
                        std::chrono::microseconds took);

} // namespace tessera
