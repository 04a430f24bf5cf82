#include "gateway/http/router.hpp"

#include <array>

namespace tessera {

namespace {

using enum http_method;

struct entry {
  std::string_view path; ///< a prefix that ends in '/' takes a parameter
  route to;
  method_set methods;
  std::optional<scope> needs = {};
  std::optional<limit_kind> limit = {};
  bool limited = true;
};

constexpr method_set reads = bit(get) | bit(head) | bit(options);

constexpr entry health(std::string_view path, route to, std::optional<scope> needs = {}) {
  return {path, to, reads, needs, {}, false};
}

constexpr std::array entries{
    entry{"/api/v1/optimized-cards/member/", route::member, reads, scope::lookup, limit_kind::lookup},
    entry{"/api/v1/members/lookup", route::members_lookup, bit(post) | bit(query) | bit(options), scope::lookup,
          limit_kind::lookup},
    entry{"/api/v1/optimized-cards/cache-stats", route::cache_stats, reads, scope::operate},
    entry{"/api/v1/optimized-cards/warm-cache", route::warm_cache, bit(post) | bit(options), scope::operate,
          limit_kind::bulk},
    entry{"/api/v1/optimized-cards/cache/", route::clear_cache, bit(delete_) | bit(options), scope::operate},
    health("/api/v1/health", route::health),
    health("/api/v1/health/detailed", route::health_detailed, scope::operate),
    health("/api/v1/health/database", route::health_database),
    health("/api/v1/health/ready", route::health_ready),
    health("/api/v1/health/live", route::health_live),
    entry{"/docs/errors/", route::error_docs, reads},
};

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool starts_with_nocase(std::string_view text, std::string_view lower_prefix) noexcept {
  if (text.size() < lower_prefix.size())
    return false;
  for (std::size_t i = 0; i < lower_prefix.size(); ++i)
    if (lower(text[i]) != lower_prefix[i])
      return false;
  return true;
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

route_match find_route(std::string_view path) noexcept {
  if (path.size() > 1 && path.back() == '/')
    path.remove_suffix(1);
  for (const auto& candidate : entries) {
    if (!starts_with_nocase(path, candidate.path))
      continue;
    auto rest = path.substr(candidate.path.size());
    bool takes_parameter = candidate.path.back() == '/';
    if (takes_parameter ? !rest.empty() && rest.find('/') == rest.npos : rest.empty())
      return {candidate.to, candidate.methods, rest, candidate.needs, candidate.limited, candidate.limit};
  }
  return {};
}

std::string allow_text(method_set methods) {
  std::string text;
  for (auto method : {get, head, post, query, delete_, options}) {
    if ((methods & bit(method)) == 0)
      continue;
    if (!text.empty())
      text += ", ";
    text += to_string(method);
  }
  return text;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

} // namespace tessera
