#pragma once

#include "tests/support/raw_connection.hpp"

#include <cstdint>
#include <rapidjson/document.h>
#include <string>
#include <string_view>
#include <vector>

/// What tests of the HTTP API need beside a raw connection: requests as text and answers as JSON.
namespace tessera::test {

inline const std::string member_path = "/api/v1/optimized-cards/member/";
inline const std::string lookup_path = "/api/v1/members/lookup";
inline const std::string stats_path = "/api/v1/optimized-cards/cache-stats";
inline const std::string warm_path = "/api/v1/optimized-cards/warm-cache";
inline const std::string clear_path = "/api/v1/optimized-cards/cache/";
inline const std::string card_path = "/api/v1/cards/";
inline const std::string card_data_path = "/api/v1/optimized-cards/generate-data/";
inline const std::string verify_path = "/api/v1/optimized-cards/verify";
inline const std::string ready_path = "/api/v1/health/ready";

/// Returns a request without a body. `headers` are whole lines, each with its CRLF.
std::string request(std::string_view method, std::string_view path, std::string_view headers = {});

/// Returns a request with a JSON body.
std::string json_request(std::string_view method, std::string_view path, std::string_view body,
                         std::string_view headers = {});

/// Sends one request over a connection of its own and returns the answer.
raw_response ask(std::uint16_t port, std::string_view bytes);

/// GET of a path over a connection of its own.
raw_response get(std::uint16_t port, std::string_view path, std::string_view headers = {});

/// A JSON document whose parts are named by pointers (RFC 6901); what is missing or of another type is thrown as
/// std::runtime_error.
class json_document {
public:
  explicit json_document(const std::string& text);
  explicit json_document(const raw_response& answer) : json_document(answer.body) {
  }

  bool has(const char* pointer) const;
  std::string text(const char* pointer) const;
  double number(const char* pointer) const;
  std::uint64_t whole(const char* pointer) const; ///< an unsigned integer, not written as a fraction
  bool truth(const char* pointer) const;

  /// Returns the names of an object's members, in order.
  std::vector<std::string> names(const char* pointer) const;

  /// Returns the texts of an array.
  std::vector<std::string> texts(const char* pointer) const;

private:
  const rapidjson::Value& at(const char* pointer) const;
  rapidjson::Document document_;
};

/// Returns the value of a header, "" if there is none.
std::string header(const raw_response& answer, std::string_view name);

/// Returns X-Cache and X-Cache-Layer with a space between them, e.g. "HIT L1".
std::string came_from(const raw_response& answer);

/// Returns whether `text` is a time as the API writes it: 2026-01-31T08:05:09.007Z.
bool is_timestamp(std::string_view text);

/// Returns the cache-stats of a process.
json_document stats(std::uint16_t port);

} // namespace tessera::test
