#include "gateway/http/http_errors.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>

namespace tessera {

namespace {

constexpr std::array<http_error, error_code_count> table{{
    {200, "OK", "OK", "OK", ""},
    {400, "VALIDATION_ERROR", "Invalid request", "The request is not valid",
     "The request holds something that is missing, malformed or out of range. The member errors names each place."},
    {401, "AUTHENTICATION_ERROR", "Authentication required", "Authentication required",
     "Send a valid key in the Authorization header."},
    {403, "AUTHORIZATION_ERROR", "Not allowed", "This key does not allow the operation",
     "The key is valid but lacks the scope that the route needs."},
    {404, "NOT_FOUND", "Not found", "Not found", "There is no such route, or no active member with this number."},
    {405, "METHOD_NOT_ALLOWED", "Method not allowed", "Method not allowed",
     "The route exists, but not for this method. The Allow header lists those it answers."},
    {408, "REQUEST_TIMEOUT", "Request timed out", "The request waited too long",
     "The answer did not come in time, or the request did not arrive in time. It may be sent again."},
    {409, "CONFLICT", "Conflict", "The request contradicts what is going on",
     "It contradicts the state of what it is about: such work is under way already, or a card was revoked. The message "
     "says which."},
    {413, "PAYLOAD_TOO_LARGE", "Payload too large", "The request body is too large",
     "The body is larger than the service accepts."},
    {414, "URI_TOO_LONG", "URI too long", "The request target is too long",
     "The request target is longer than the service accepts."},
    {415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type", "The request body must be application/json",
     "Send the body as JSON with Content-Type: application/json."},
    {429, "RATE_LIMIT_EXCEEDED", "Too many requests", "Too many requests, please try again later",
     "Wait for the seconds that Retry-After names."},
    {431, "HEADERS_TOO_LARGE", "Headers too large", "The request head is too large",
     "The request's header fields are larger than the service accepts."},
    {500, "INTERNAL_SERVER_ERROR", "Internal server error", "Internal server error",
     "A fault of the service. The request id helps its operators to find the cause."},
    {503, "QUEUE_FULL", "Overloaded", "Too much is waiting already, please try again later",
     "The request was refused at once because it could not have been answered in time. Wait for the seconds that "
     "Retry-After names."},
    {503, "DATABASE_UNAVAILABLE", "Database unavailable", "The member database is unavailable, please try again later",
     "What is cached is still served; this was not. Wait for the seconds that Retry-After names."},
    {503, "SHUTTING_DOWN", "Shutting down", "This server is shutting down",
     "Send the request again; another server will answer."},
    {503, "DATABASE_UNAVAILABLE", "Cache unavailable", "The cache is unavailable",
     "What is cached is still served; this was not."},
    {503, "QUEUE_FULL", "Interrupted", "The request was interrupted and may have taken effect; please try again",
     "A part of the service was replaced while it was at work on the request. It may be sent again."},
}};

std::string slug_of(std::string_view code) {
  std::string slug;
  for (char c : code)
    slug += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return slug;
}

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(json_writer& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put(json_writer& out, std::string_view name, std::string_view value) {
  out.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  put(out, value);
}

} // namespace

const http_error& http_error_of(error_code code) noexcept {
  auto index = static_cast<std::size_t>(code);
  return table[index < table.size() ? index : static_cast<std::size_t>(error_code::internal)];
}

std::string problem_type_of(error_code code) {
  return "/docs/errors/" + slug_of(http_error_of(code).code);
}

const http_error* find_http_error(std::string_view slug) noexcept {
  for (const auto& candidate : table)
    if (candidate.status >= 400 && slug_of(candidate.code) == slug)
      return &candidate;
  return nullptr;
}

problem invalid_input(std::string pointer, std::string detail) {
  problem what;
  what.code = error_code::validation;
  what.message = detail;
  what.errors.push_back({std::move(pointer), std::move(detail)});
  return what;
}

std::string problem_body(const problem& what, std::string_view path, std::string_view method, std::string_view instance,
                         std::string_view timestamp) {
  const auto& shown = http_error_of(what.code);
  auto message = what.message.empty() ? shown.message : std::string_view{what.message};
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  out.Key("success");
  out.Bool(false);
  out.Key("error");
  out.StartObject();
  put(out, "code", shown.code);
  put(out, "message", message);
  put(out, "timestamp", timestamp);
  put(out, "path", path);
  put(out, "method", method);
  if (what.retry_after_s > 0) {
    out.Key("retryAfter");
    out.Uint(what.retry_after_s);
  }
  out.EndObject();
  put(out, "type", problem_type_of(what.code));
  put(out, "title", shown.title);
  out.Key("status");
  out.Uint(shown.status);
  put(out, "detail", message);
  put(out, "instance", instance);
  if (!what.errors.empty()) {
    out.Key("errors");
    out.StartArray();
    for (const auto& error : what.errors) {
      out.StartObject();
      put(out, "pointer", error.pointer);
      put(out, "detail", error.detail);
      out.EndObject();
    }
    out.EndArray();
  }
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace tessera
