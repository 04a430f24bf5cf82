#pragma once

#include "gateway/http/access_line.hpp"
#include "gateway/http/clock_text.hpp"
#include "gateway/http/http_errors.hpp"
#include "gateway/http/request.hpp"
#include "gateway/http/request_ids.hpp"
#include "gateway/http/router.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Where a client stands with the limit that concerns its request, for the headers that say so (api.md, part 2).
struct limit_report {
  std::string_view name; ///< of a literal: "lookup"; empty: no limit concerns it
  std::uint32_t limit = 0;
  std::uint32_t window_s = 0;
  std::uint32_t remaining = 0;
  utc_time reset{}; ///< when the window ends
};

/// What of a request its response depends on, kept while the request is in flight. What few requests have is in
/// `rare`, so that the others stay small.
struct response_context {
  struct rare_parts {
    std::string request_id; ///< the client's, if sane
    std::string traceparent;
    std::string if_none_match;
    std::string allowed_origin; ///< for Access-Control-Allow-Origin
    std::string path;           ///< masked; for errors
    std::string method_text;    ///< where `method` is `other`
  };

  http_method method = http_method::get;
  route to = route::none;
  bool http_1_1 = true;
  bool keep_alive = true;
  bool wants_timing = false;
  limit_report limit;
  std::unique_ptr<rare_parts> rare;
  std::unique_ptr<access_entry> access; ///< null: there is no access log

  rare_parts& rare_or_new() {
    if (!rare)
      rare = std::make_unique<rare_parts>();
    return *rare;
  }
};

/// How a cached body came about, for the headers that say so.
struct body_origin {
  std::string_view cache; ///< X-Cache: "HIT", "MISS" or "STALE"
  std::string_view layer; ///< X-Cache-Layer: "L1", "L2" or "DB"
  std::uint32_t age_s = 0;
  std::int32_t ttl_s = 0; ///< negative if stale
  std::uint32_t stale_for_ms = 0;
  std::string_view timing; ///< Server-Timing's value, or empty
  bool hit = true;         ///< for Cache-Status: what is sent was there
};

/// Writes responses (api.md, part 2). One owner, one thread; everything is appended to a buffer that the caller owns.
class responder {
public:
  /// `cors_origins`: origins that browsers may ask from, or "*".
  responder(std::vector<std::string> cors_origins, std::uint64_t id_seed);

  /// Sets the time, once per round of the loop.
  void set_time(utc_time now) {
    clock_.set(now);
  }
  const clock_text& clock() const noexcept {
    return clock_;
  }

  /// Returns what the response to `request` depends on.
  response_context context_of(const http_request& request, route to) const;

  /// A cached body, finished with what differs per request; 304 if the client has it. `rest` stands between the text
  /// and what is added.
  void cached(std::string& out, const response_context& context, std::string_view text, std::uint64_t etag,
              const body_origin& origin, std::string_view rest = {});

  /// A cached file; 304 if the client has it. `extra_headers` are whole lines.
  void file(std::string& out, const response_context& context, std::string_view content_type, std::string_view body,
            std::uint64_t etag, const body_origin& origin, std::string_view extra_headers);

  /// What was made for this request alone: text as for `cached`, without a cache's headers unless it is stale.
  void computed(std::string& out, const response_context& context, std::string_view text, std::uint32_t stale_for_ms);

  /// Returns the request's id, which its response has, too: the client's, or one that is made now.
  const std::string& name(response_context& context);

  /// What anybody may have and keep for a while, with headers of its own: whole lines.
  void open_file(std::string& out, const response_context& context, std::string_view content_type,
                 std::string_view body, std::string_view headers);

  /// That the client has it already. `headers` are whole lines.
  void not_modified(std::string& out, const response_context& context, std::string_view headers);

  /// A success envelope around `data` (JSON), not cached. `extra_headers` are whole lines.
  void success(std::string& out, const response_context& context, unsigned status, std::string_view message,
               std::string_view data, std::string_view extra_headers = {});

  /// The head of an answer that goes on in pieces: chunked if the client speaks HTTP/1.1, else up to the end of the
  /// connection.
  void stream_head(std::string& out, const response_context& context, std::string_view content_type);

  /// An error. `extra_headers` are whole lines.
  void fail(std::string& out, const response_context& context, const problem& what,
            std::string_view extra_headers = {});

  /// A document of another type than all others, for now and not to be kept.
  void document(std::string& out, const response_context& context, unsigned status, std::string_view content_type,
                std::string_view body);

  /// The answer to OPTIONS, which is a CORS preflight where the context has an allowed origin.
  void options(std::string& out, const response_context& context, method_set methods);

  /// Returns how many errors of each code were written.
  const std::array<std::uint64_t, error_code_count>& errors() const noexcept {
    return errors_;
  }

  /// Returns how many responses of each class (index 2 to 5) were written.
  const std::uint64_t (&classes() const noexcept)[6] {
    return classes_;
  }

private:
  void begin(std::string& out, const response_context& context, unsigned status, std::string_view request_id);
  void put_limit(std::string& out, const limit_report& limit) const;
  void finish(std::string& out, const response_context& context, std::string_view content_type,
              std::size_t content_length);
  void put_body(std::string& out, const response_context& context, std::string_view text, std::string_view rest,
                std::uint32_t stale_for_ms);
  bool begin_cached(std::string& out, const response_context& context, std::uint64_t etag, const body_origin& origin);
  std::string_view request_id_of(const response_context& context, request_ids::text& storage);

  std::vector<std::string> cors_origins_;
  clock_text clock_;
  request_ids ids_;
  std::uint64_t classes_[6] = {};
  std::array<std::uint64_t, error_code_count> errors_{};
};

/// Returns whether an If-None-Match value names the entity tag `etag` (whole, with its quotes), by weak comparison (RFC
/// 9110, section 8.8.3.2).
bool names_etag(std::string_view if_none_match, std::string_view etag) noexcept;

/// Returns the path as errors show it: ID numbers masked.
std::string masked_path(std::string_view path);

} // namespace tessera
