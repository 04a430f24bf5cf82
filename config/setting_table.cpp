#include "config/setting_table.hpp"

#include "config/setting_rows.hpp"
#include "config/url.hpp"
#include "guard/ip_address.hpp"
#include "guard/scopes.hpp"

#include <algorithm>
#include <array>
#include <iterator>

/// Shorthand for the accessors of the rows below, which the compiler instantiates for const and other settings.
#define TESSERA_AT(member)                                                                                             \
  [](auto& all) -> auto& {                                                                                             \
    return all.member;                                                                                                 \
  }

namespace tessera {

namespace {

using namespace std::chrono_literals;
using namespace rows;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t gib = 1024 * mib;

/// Where a plain limit has no natural end, so that a slip of the finger is seen.
constexpr std::uint64_t million = 1'000'000;

/// More loops, shards or workers than any machine has cores.
constexpr std::uint64_t most_threads = 1'024;

std::vector<setting> general() {
  return {
      number({"workers"}, TESSERA_AT(workers), 0, most_threads,
             "threads that run actors off the I/O loops; 0: the cores that the I/O loops leave, at least one"),
      boolean({"no_limits"}, TESSERA_AT(no_limits), "no limits per client; for benchmarks only"),
  };
}

setting listen() {
  auto row = address({"gateway.listen", "--listen"}, TESSERA_AT(gateway.listen),
                     "where clients connect; port 0: chosen by the system; PORT alone sets the port");
  row.part_environment = "PORT";
  row.part_expects = "a port from 0 to 65535";
  row.part_parse = [](settings& all, std::string_view text) {
    auto port = parse_number(text);
    if (!port || *port > 65'535)
      return false;
    all.gateway.listen.port = static_cast<std::uint16_t>(*port);
    return true;
  };
  return row;
}

/// "*", or what a browser sends in `Origin`: a scheme and a host, perhaps a port, and no path.
bool is_origin(std::string_view text) {
  auto scheme = text.find("://");
  return text == "*"
         || (scheme != std::string_view::npos && scheme > 0 && text.size() > scheme + 3
             && text.find_first_of(" /?#@", scheme + 3) == std::string_view::npos);
}

std::vector<setting> gateway() {
  return {
      listen(),
      boolean({"gateway.share_port", "--share-port"}, TESSERA_AT(gateway.share_port),
              "let several processes listen on the same port"),
      number({"gateway.io_loops", "--io-loops"}, TESSERA_AT(gateway.io_loops), 0, most_threads,
             "threads that serve connections; 0: one per two cores, at least one"),
      size({"gateway.max_head_bytes"}, TESSERA_AT(gateway.max_head_bytes), 1 * kib, 1 * mib,
           "longest head of a request"),
      size({"gateway.max_body_bytes"}, TESSERA_AT(gateway.max_body_bytes), 1 * kib, 16 * mib,
           "longest body of a request"),
      size({"gateway.max_target_bytes"}, TESSERA_AT(gateway.max_target_bytes), 256, 1 * mib,
           "longest target (path and query) of a request"),
      number({"gateway.max_connections"}, TESSERA_AT(gateway.max_connections), 0, 10 * million,
             "connections of this process; 0: what the limit of open files leaves"),
      number({"gateway.max_tickets"}, TESSERA_AT(gateway.max_tickets), 1, 10 * million,
             "requests in flight in this process"),
      number({"gateway.max_pipelined"}, TESSERA_AT(gateway.max_pipelined), 1, 16,
             "requests in flight on one connection"),
      size({"gateway.max_unwritten_bytes"}, TESSERA_AT(gateway.max_unwritten_bytes), 4 * kib, 64 * mib,
           "unwritten answers above which a connection is not read any more"),
      duration({"gateway.idle_timeout"}, TESSERA_AT(gateway.idle_timeout), 10ms, 24h,
               "idle connections are closed after it"),
      duration({"gateway.head_timeout"}, TESSERA_AT(gateway.head_timeout), 0ms, 1h,
               "time for a request to arrive, from its first byte; 0: no limit"),
      duration({"gateway.write_timeout"}, TESSERA_AT(gateway.write_timeout), 0ms, 1h,
               "time for a client to take its answers, from when they begin to wait for it; 0: no limit"),
      duration({"gateway.request_timeout"}, TESSERA_AT(gateway.request_timeout), 10ms, 1h,
               "time for a request to be answered; then 408"),
      duration({"gateway.first_hop_limit"}, TESSERA_AT(gateway.first_hop_limit), 0ms, 1h,
               "lookups are refused while their way to the cache takes longer; 0: they are not"),
      duration({"gateway.drain_timeout"}, TESSERA_AT(gateway.drain_timeout), 0ms, 1h,
               "how long a stop waits for requests in flight"),
      list({"gateway.cors_origins"}, TESSERA_AT(gateway.cors_origins),
           "a list of origins such as https://portal.example.org, or *", is_origin,
           "origins whose pages may call the API; separated by commas outside of this file"),
      text({"gateway.environment"}, TESSERA_AT(gateway.environment), "the name of the environment that /health shows"),
  };
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

std::vector<setting> id_numbers_and_operators() {
  return {
      boolean({"id_number.strict"}, TESSERA_AT(gateway.strict_id_numbers),
              "check dates and check digits of ID numbers on the predecessor's route, too"),
      boolean({"operator.enabled"}, TESSERA_AT(operators.enabled), "serve statistics, metrics and the dashboard"),
      address({"operator.listen", "--operator"}, TESSERA_AT(operators.listen),
              "where operators connect; beyond this machine they need a key with the scope operate"),
      list({"operator.hosts"}, TESSERA_AT(operators.hosts), "a list of host names", is_host_name,
           "names under which operators come, beside localhost and addresses; separated by commas outside of this "
           "file"),
      text({"operator.token_file", "--operator-token-file"}, TESSERA_AT(operators.token_file),
           "file that holds, while the service runs, the token by which whoever can read it may operate the service: "
           "new at each start; empty: operator.token beside redis.secret_file"),
  };
}

std::vector<setting> cache() {
  return {
      number({"cache.shards"}, TESSERA_AT(cache.shards), 0, most_threads,
             "shards of lookup and cache; 0: one per I/O loop"),
      size({"cache.bytes"}, TESSERA_AT(cache.bytes), 64 * kib, 1024 * gib, "memory for members, all shards together"),
      size({"cache.negative_bytes"}, TESSERA_AT(cache.negative_bytes), 4 * kib, 64 * gib,
           "memory for ID numbers without a member, all shards together"),
      duration({"cache.member_fresh", "", "CACHE_TTL_MEMBER"}, TESSERA_AT(cache.member_fresh), 1s, 8'760h,
               "a member is fresh for this long"),
      duration({"cache.card_fresh", "", "CACHE_TTL_CARD"}, TESSERA_AT(cache.card_fresh), 1s, 8'760h,
               "a card is fresh for this long"),
      duration({"cache.stale"}, TESSERA_AT(cache.stale), 0s, 8'760h,
               "kept this long beyond, for when the database is unavailable or slow"),
      duration({"cache.negative_fresh"}, TESSERA_AT(cache.negative_fresh), 0s, 24h,
               "\"no such member\" is remembered for this long"),
      duration({"cache.stale_after"}, TESSERA_AT(cache.stale_after), 0ms, 1min,
               "a stale copy answers after waiting this long for the database"),
      number({"cache.warm_members", "--warm-cache"}, TESSERA_AT(cache.warm_members), 0, 1'000 * million,
             "members to load into the cache at start"),
  };
}

bool is_public_url(std::string_view text) {
  auto host = text.starts_with("https://") ? text.substr(8) : text.starts_with("http://") ? text.substr(7) : "";
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'
           || c == ':';
  });
}

std::vector<setting> cards() {
  return {
      text(
          {"cards.organisation", "--organisation"}, TESSERA_AT(cards.organisation), "a name of 1 to 100 bytes",
          [](std::string_view name) { return !name.empty() && name.size() <= 100; }, "whose cards they are"),
      text({"cards.logo_file"}, TESSERA_AT(cards.logo_file),
           "SVG file with the organisation's logo: plain paths, a fill each; empty: cards have none"),
      text({"cards.public_url", "--public-url"}, TESSERA_AT(cards.public_url),
           "https://HOST[:PORT], without a path or a slash at the end", is_public_url,
           "where this service is reached from outside: QR codes lead there"),
      text({"cards.keys_file", "--card-keys"}, TESSERA_AT(cards.keys_file),
           "file with the keys that sign cards: made at first start, the same on all nodes, read again on SIGHUP; "
           "empty: card.keys beside redis.secret_file"),
      boolean({"cards.full_names"}, TESSERA_AT(cards.full_names),
              "show the holder's full name to whoever verifies a card, not only to keys with the scope verify"),
      number({"cards.renderers"}, TESSERA_AT(cards.renderers), 0, most_threads,
             "threads that draw cards; 0: one per two cores, at least one"),
      size({"cards.data_bytes"}, TESSERA_AT(cards.data_bytes), 64 * kib, 1024 * gib,
           "memory for card data with QR code and PDF, all shards together"),
      size({"cards.qr_bytes"}, TESSERA_AT(cards.qr_bytes), 64 * kib, 1024 * gib,
           "memory for QR codes, all shards together"),
      size({"cards.picture_bytes"}, TESSERA_AT(cards.picture_bytes), 64 * kib, 1024 * gib,
           "memory for cards as PDF, SVG and PNG, all shards together"),
      duration({"cards.qr_fresh"}, TESSERA_AT(cards.qr_fresh), 1s, 8'760h, "a QR code is kept for this long"),
      duration({"cards.picture_fresh"}, TESSERA_AT(cards.picture_fresh), 1s, 8'760h,
               "a card as PDF, SVG or PNG is kept for this long"),
  };
}

std::vector<setting> database_address() {
  auto is_empty_or_store = [](std::string_view text) { return text.empty() || is_store_url(text); };
  auto store = text({"database.store", "--store"}, TESSERA_AT(database.store),
                    "sqlite:PATH or mysql://USER:PASSWORD@HOST:PORT/NAME", is_empty_or_store,
                    "sqlite:PATH or mysql://USER:PASSWORD@HOST:PORT/NAME[?tls=off|prefer|require|verify&ca=FILE]; goes "
                    "over the other parts of the address");
  store.secret = secrecy::url;
  auto password = text({"database.password", "", "DB_PASSWORD"}, TESSERA_AT(database.password),
                       "password of the MySQL user; others can see flags, so better set the variable");
  password.secret = secrecy::hidden;
  auto is_host = [](std::string_view text) {
    auto six = text.find(':') != std::string_view::npos;
    return parse_endpoint(six ? "[" + std::string{text} + "]:1" : std::string{text} + ":1").has_value();
  };
  return {
      std::move(store),
      text({"database.host", "", "DB_HOST"}, TESSERA_AT(database.host), "a host name or an address", is_host,
           "host of MySQL"),
      number({"database.port", "", "DB_PORT"}, TESSERA_AT(database.port), 1, 65'535, "port of MySQL"),
      text({"database.user", "", "DB_USER"}, TESSERA_AT(database.user), "user of MySQL"),
      std::move(password),
      text({"database.name", "", "DB_NAME"}, TESSERA_AT(database.name),
           "database in MySQL; without it and without a store: sqlite:var/members.sqlite"),
  };
}

setting group_limit() {
  auto row =
      number({"database.group_limit"}, TESSERA_AT(database.group_limit), 1, 64, "most keys that share one statement");
  row.expects = "1, 2, 4, 8, 16, 32 or 64"; // statements are prepared for these numbers of keys
  row.parse = [in_range = row.parse](settings& all, std::string_view text) {
    auto value = parse_number(text);
    return value && (*value & (*value - 1)) == 0 && in_range(all, text);
  };
  return row;
}

std::vector<setting> database_limits() {
  return {
      number({"database.connection_limit", "", "DB_CONNECTION_LIMIT"}, TESSERA_AT(database.connection_limit), 1, 10'000,
             "most connections to the database"),
      duration({"database.acquire_timeout", "", "DB_ACQUIRE_TIMEOUT"}, TESSERA_AT(database.acquire_timeout), 1ms, 1h,
               "how long a key waits for a connection"),
      number({"database.queue_limit", "", "DB_QUEUE_LIMIT"}, TESSERA_AT(database.queue_limit), 1, 10 * million,
             "keys that may wait for a connection"),
      duration({"database.idle_timeout", "", "DB_IDLE_TIMEOUT"}, TESSERA_AT(database.idle_timeout), 1ms, 24h,
               "idle connections are closed after it"),
      duration({"database.connect_timeout"}, TESSERA_AT(database.connect_timeout), 1ms, 1h, "time to connect"),
      duration({"database.read_timeout"}, TESSERA_AT(database.read_timeout), 1ms, 1h, "time for the server to answer"),
      duration({"database.write_timeout"}, TESSERA_AT(database.write_timeout), 1ms, 1h,
               "time for the server to take a statement"),
      duration({"database.slow_statement"}, TESSERA_AT(database.slow_statement), 1ms, 1h,
               "statements that take longer are logged by their name"),
      group_limit(),
  };
}

std::vector<setting> redis() {
  auto is_empty_or_redis = [](std::string_view text) { return text.empty() || is_redis_url(text); };
  auto url =
      text({"redis.url", "--redis", "REDIS_URL"}, TESSERA_AT(redis.url), "redis://[USER:PASSWORD@]HOST[:PORT][/DB]",
           is_empty_or_redis, "redis://[USER:PASSWORD@]HOST[:PORT][/DB]; empty: no second cache level");
  url.secret = secrecy::url;
  return {
      std::move(url),
      text(
          {"redis.secret_file", "--cache-secret"}, TESSERA_AT(redis.secret_file), "the path of a file",
          [](std::string_view text) { return !text.empty(); },
          "file with the secret that seals what is in Redis: made at first start, the same on all nodes"),
      number({"redis.connections"}, TESSERA_AT(redis.connections), 0, most_threads, "connections; 0: one per worker"),
      duration({"redis.timeout"}, TESSERA_AT(redis.timeout), 1ms, 10s,
               "time for an answer; the longest that a lookup waits for Redis"),
      duration({"redis.connect_timeout"}, TESSERA_AT(redis.connect_timeout), 1ms, 10s, "time to connect"),
      duration({"redis.backoff_min"}, TESSERA_AT(redis.backoff_min), 1ms, 1h,
               "between attempts to connect at first, then doubled each time"),
      duration({"redis.backoff_max"}, TESSERA_AT(redis.backoff_max), 1ms, 1h, "between attempts to connect at most"),
  };
}

setting rate(names given, auto access, std::string help) {
  return number(std::move(given), access, 0, million, std::move(help) + "; 0: no limit");
}

std::vector<setting> per_client() {
  return {
      rate({"limits.general", "", "RATE_LIMIT_GENERAL"}, TESSERA_AT(limits.general),
           "requests of a client in 15 minutes"),
      rate({"limits.member_lookup", "", "RATE_LIMIT_MEMBER_LOOKUP"}, TESSERA_AT(limits.member_lookup),
           "lookups of a client in a minute"),
      rate({"limits.card_generation", "", "RATE_LIMIT_CARD_GENERATION"}, TESSERA_AT(limits.card_generation),
           "cards made for a client in 5 minutes"),
      rate({"limits.bulk", "", "RATE_LIMIT_BULK"}, TESSERA_AT(limits.bulk),
           "batches and warmings of a client in an hour"),
      rate({"limits.connections"}, TESSERA_AT(limits.connections), "connections of a client at once"),
      number({"limits.clients"}, TESSERA_AT(limits.clients), 1'000, 100 * million,
             "clients whose requests are counted at once; beyond it those who asked least are forgotten"),
      boolean({"limits.shared"}, TESSERA_AT(limits.shared),
              "count requests together with the other processes, where there is a Redis"),
      rate({"guessing.misses"}, TESSERA_AT(guessing.misses),
           "lookups without a member that a client may make in 15 minutes"),
      rate({"guessing.distinct"}, TESSERA_AT(guessing.distinct),
           "different members that a client may ask for in 15 minutes"),
      rate({"guessing.run"}, TESSERA_AT(guessing.run),
           "different numbers of one birth date, or one after the other, that a client may ask for in 15 minutes"),
  };
}

std::vector<setting> overload() {
  return {
      number({"queue.concurrency", "", "QUEUE_CONCURRENCY"}, TESSERA_AT(queue.concurrency), 0, million,
             "members being loaded and cards being made at once; 0: no limit and no queue"),
      number({"queue.limit", "", "QUEUE_LIMIT"}, TESSERA_AT(queue.limit), 0, 10 * million,
             "members and cards that may wait for that; 0: no limit"),
      duration({"queue.timeout", "", "QUEUE_TIMEOUT"}, TESSERA_AT(queue.timeout), 0ms, 1h,
               "how long they may wait; 0: as long as the request lives"),
      duration({"queue.target"}, TESSERA_AT(queue.target), 0ms, 1min,
               "a longer wait all through the interval is overload, in which the newest come first and those that "
               "waited longest are refused; 0: overload is never told"),
      duration({"queue.interval"}, TESSERA_AT(queue.interval), 1ms, 1min, "see queue.target"),
      number({"breaker.failures", "", "BREAKER_FAILURES"}, TESSERA_AT(breaker.failures), 0, million,
             "failures in a row after which the database is left alone; 0: never"),
      duration({"breaker.recovery", "", "BREAKER_RECOVERY"}, TESSERA_AT(breaker.recovery), 1ms, 24h,
               "how long the database is left alone before it is tried again"),
      duration({"breaker.statement_timeout"}, TESSERA_AT(breaker.statement_timeout), 0ms, 1h,
               "a lookup's statement that takes longer has failed and its connection is cut; 0: the read timeout"),
  };
}

template <std::size_t Size>
auto one_of(std::array<std::string_view, Size> words) {
  return [words](std::string_view text) { return std::ranges::find(words, text) != words.end(); };
}

std::vector<setting> access() {
  auto is_scope = [](std::string_view text) { return parse_scope(text).has_value(); };
  auto is_network = [](std::string_view text) { return ip_network::parse(text).has_value(); };
  return {
      list({"access.open", "--open"}, TESSERA_AT(access.open), "a list of lookup, issue, batch, verify and operate",
           is_scope,
           "scopes that need no API key, wherever a request comes from; separated by commas outside of this file"),
      list({"access.trusted", "--trusted"}, TESSERA_AT(access.trusted), "a list of networks such as 10.0.0.0/8",
           is_network,
           "networks of proxies that are believed about the client's address; separated by commas outside of this "
           "file"),
      boolean({"access.proxy_protocol"}, TESSERA_AT(access.proxy_protocol),
              "connections from trusted networks begin with a PROXY header (version 1 or 2)"),
      text({"tls.certificate_file", "--tls-certificate"}, TESSERA_AT(tls.certificate_file),
           "file with the certificate chain (PEM); with it clients must speak TLS; read again on SIGHUP"),
      text({"tls.key_file", "--tls-key"}, TESSERA_AT(tls.key_file),
           "file with the certificate's key (PEM); empty: it is in that file, too"),
  };
}

bool is_empty_or_webhook(std::string_view text) {
  auto rest = text.starts_with("http://") ? text.substr(7) : text.starts_with("https://") ? text.substr(8) : "";
  return text.empty() || (!rest.empty() && rest.front() != '/' && rest.find_first_of(" \\\"") == rest.npos);
}

setting percentage(std::string path, auto access, std::string help) {
  return number({std::move(path)}, access, 0, 100, "an alert fires " + std::move(help) + "; 0: never");
}

std::vector<setting> alerts() {
  auto webhook = text({"alerts.webhook", "--alert-webhook"}, TESSERA_AT(alerts.webhook),
                      "http://HOST[:PORT]/PATH or https://…", is_empty_or_webhook,
                      "URL that alerts are posted to, in Alertmanager's format (/api/v2/alerts); empty: none");
  webhook.secret = secrecy::url;
  return {
      percentage("alerts.connection_percent", TESSERA_AT(alerts.connection_percent),
                 "when more of the connections are in use"),
      percentage("alerts.hit_percent", TESSERA_AT(alerts.hit_percent),
                 "when fewer of the lookups are answered from the caches"),
      percentage("alerts.queue_percent", TESSERA_AT(alerts.queue_percent), "when more of the queue is taken"),
      duration({"alerts.average_response"}, TESSERA_AT(alerts.average_response), 0ms, 1h,
               "an alert fires when responses take longer on the average; 0: never"),
      percentage("alerts.error_percent", TESSERA_AT(alerts.error_percent),
                 "when more of the responses are errors of one kind"),
      percentage("alerts.memory_percent", TESSERA_AT(alerts.memory_percent), "when more of the memory is in use"),
      percentage("alerts.cpu_percent", TESSERA_AT(alerts.cpu_percent), "when more of the processors is in use"),
      percentage("alerts.descriptor_percent", TESSERA_AT(alerts.descriptor_percent),
                 "when more of the open files that are allowed is in use"),
      number({"alerts.certificate_days"}, TESSERA_AT(alerts.certificate_days), 0, 365,
             "an alert fires so many days before the TLS certificate ends, and a critical one 7 days before; 0: never"),
      duration({"alerts.clock_jump"}, TESSERA_AT(alerts.clock_jump), 0ms, 1h,
               "an alert fires when the clock jumps by more; 0: never"),
      duration({"alerts.feed_lag"}, TESSERA_AT(alerts.feed_lag), 0ms, 24h,
               "an alert fires when what others change in the store has not been followed for longer; 0: never"),
      number({"alerts.suspects"}, TESSERA_AT(alerts.suspects), 0, million,
             "an alert fires when as many clients look as if they guessed ID numbers; 0: never"),
      std::move(webhook),
  };
}

std::vector<setting> feed() {
  return {
      boolean({"feed.enabled"}, TESSERA_AT(feed.enabled),
              "follow what others change in the store, and forget what was cached of it"),
      duration({"feed.interval"}, TESSERA_AT(feed.interval), 10ms, 10s, "time between two looks for such changes"),
  };
}

std::vector<setting> logs() {
  return {
      text({"log.level"}, TESSERA_AT(log.level), "trace, debug, info, warn, error or off",
           one_of(std::array<std::string_view, 6>{"trace", "debug", "info", "warn", "error", "off"}),
           "least severity that is logged: trace, debug, info, warn, error, off"),
      text({"log.format"}, TESSERA_AT(log.format), "text or json",
           one_of(std::array<std::string_view, 2>{"text", "json"}), "text, or json: one object per line"),
      text({"log.access_file"}, TESSERA_AT(log.access_file),
           "file that gets a line of JSON for each response, opened again on SIGHUP; empty: none"),
  };
}

} // namespace

#undef TESSERA_AT

const std::vector<setting>& setting_table() {
  static const auto table = [] {
    std::vector<setting> all;
    for (auto part : {general, gateway, id_numbers_and_operators, cache, cards, database_address, database_limits,
                      redis, per_client, overload, access, alerts, feed, logs})
      std::ranges::move(part(), std::back_inserter(all));
    return all;
  }();
  return table;
}

const setting* find_setting(std::string_view path) {
  const auto& table = setting_table();
  auto found = std::ranges::find(table, path, &setting::path);
  return found == table.end() ? nullptr : &*found;
}

std::string section_of(std::string_view path) {
  auto dot = path.find('.');
  return std::string{dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot)};
}

std::string key_of(std::string_view path) {
  auto dot = path.find('.');
  return std::string{dot == std::string_view::npos ? path : path.substr(dot + 1)};
}

} // namespace tessera
