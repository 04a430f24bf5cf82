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
  std::string_view after{}; ///< what follows the parameter: "/qr.svg"
};

constexpr method_set reads = bit(get) | bit(head) | bit(options);

constexpr entry health(std::string_view path, route to, std::optional<scope> needs = {}) {
  return {path, to, reads, needs, {}, false};
}

constexpr entry makes_cards(std::string_view path, route to, method_set methods, std::string_view after = {}) {
  return {path, to, static_cast<method_set>(methods | bit(options)), scope::issue, limit_kind::card, true, after};
}

constexpr entry reads_batch(route to, std::string_view after = {}) {
  return {"/api/v1/batches/", to, reads, scope::batch, {}, true, after};
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
    makes_cards("/api/v1/optimized-cards/generate-data/", route::generate_data, bit(post)),
    makes_cards("/api/v1/optimized-cards/generate/", route::generate, bit(post)),
    entry{"/api/v1/optimized-cards/batch-generate", route::batch_generate, bit(post) | bit(options), scope::batch,
          limit_kind::bulk},
    entry{"/api/v1/optimized-cards/verify", route::verify, bit(post) | bit(options)},
    makes_cards("/api/v1/cards/", route::card_qr_svg, bit(get) | bit(head), "/qr.svg"),
    makes_cards("/api/v1/cards/", route::card_qr_png, bit(get) | bit(head), "/qr.png"),
    entry{"/api/v1/cards/", route::card_reissue, bit(post) | bit(options), scope::issue, {}, true, "/reissue"},
    entry{"/api/v1/cards/", route::card_revoke, bit(post) | bit(options), scope::issue, {}, true, "/revoke"},
    makes_cards("/api/v1/cards/", route::card, bit(get) | bit(head)),
    entry{"/.well-known/jwks.json", route::jwks, reads},
    entry{"/api/v1/revocations", route::revocations, reads},
    entry{"/v", route::verify_page, reads},
    entry{"/v/", route::verify_page, reads},
    entry{"/openapi.json", route::openapi, reads},
    entry{"/docs", route::docs, reads},
    entry{"/docs/", route::docs, reads},
    entry{"/docs/errors/", route::error_docs, reads},
    entry{"/api/v1/batches", route::batches, bit(post) | bit(options), scope::batch, limit_kind::bulk},
    reads_batch(route::batch_events, "/events"),
    reads_batch(route::batch_zip, "/cards.zip"),
    reads_batch(route::batch_pdf, "/cards.pdf"),
    reads_batch(route::batch),
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
    if (!candidate.after.empty()) {
      if (rest.size() <= candidate.after.size()
          || !starts_with_nocase(rest.substr(rest.size() - candidate.after.size()), candidate.after))
        continue;
      rest.remove_suffix(candidate.after.size());
    }
    if (takes_parameter ? !rest.empty() && rest.find('/') == rest.npos : rest.empty())
      return {candidate.to, candidate.methods, rest, candidate.needs, candidate.limited, candidate.limit};
  }
  return {};
}

std::vector<std::string> route_paths() {
  std::vector<std::string> paths;
  for (const auto& each : entries) {
    std::string path{each.path};
    if (path.back() == '/')
      path.append("{}").append(each.after);
    paths.push_back(std::move(path));
  }
  return paths;
}

std::string_view to_string(route which) noexcept {
  switch (which) {
  case route::none:
    return "none";
  case route::member:
    return "member";
  case route::members_lookup:
    return "members_lookup";
  case route::cache_stats:
    return "cache_stats";
  case route::warm_cache:
    return "warm_cache";
  case route::clear_cache:
    return "clear_cache";
  case route::health:
    return "health";
  case route::health_detailed:
    return "health_detailed";
  case route::health_database:
    return "health_database";
  case route::health_ready:
    return "health_ready";
  case route::health_live:
    return "health_live";
  case route::generate_data:
    return "generate_data";
  case route::generate:
    return "generate";
  case route::batch_generate:
    return "batch_generate";
  case route::verify:
    return "verify";
  case route::card:
    return "card";
  case route::card_qr_svg:
    return "card_qr_svg";
  case route::card_qr_png:
    return "card_qr_png";
  case route::card_reissue:
    return "card_reissue";
  case route::card_revoke:
    return "card_revoke";
  case route::jwks:
    return "jwks";
  case route::revocations:
    return "revocations";
  case route::verify_page:
    return "verify_page";
  case route::openapi:
    return "openapi";
  case route::docs:
    return "docs";
  case route::error_docs:
    return "error_docs";
  case route::batches:
    return "batches";
  case route::batch:
    return "batch";
  case route::batch_events:
    return "batch_events";
  case route::batch_zip:
    return "batch_zip";
  case route::batch_pdf:
    return "batch_pdf";
  }
  return "";
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
