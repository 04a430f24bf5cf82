#pragma once

#include "cards/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Every setting of the service with its default. Plain structs: whoever needs one takes it as an argument. Where each
/// value may come from, its names, units and ranges: config/setting_table.
namespace tessera {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Where to listen: a numeric address or host name, and a port (0: chosen by the system, for tests).
struct endpoint {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const endpoint&) const = default;
};

struct gateway_settings {
  endpoint listen{"127.0.0.1", 8080};
  bool share_port = false; ///< several processes on one port (SO_REUSEPORT across processes)
  unsigned io_loops = 0;   ///< 0: one per two cores, at least one
  std::size_t max_head_bytes = 16 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::size_t max_target_bytes = 8 * 1024;
  std::size_t max_connections = 0;              ///< per process; 0: what the descriptor limit leaves
  std::size_t max_tickets = 32'768;             ///< requests in flight per node
  std::size_t max_pipelined = 16;               ///< requests of one connection in flight
  std::size_t max_unwritten_bytes = 256 * 1024; ///< per connection; above it, the session stops reading
  milliseconds idle_timeout{75'000};
  milliseconds head_timeout{10'000};      ///< for a whole head and body to arrive, from its first byte; 0: no limit
  milliseconds write_timeout{30'000};     ///< for a client to take the answers that wait for it; 0: no limit
  milliseconds request_timeout{30'000};   ///< then the client gets 408 REQUEST_TIMEOUT
  milliseconds first_hop_limit{100};      ///< from the gateway to L1 and back; 0: none
  milliseconds drain_timeout{25'000};     ///< how long a stop waits for requests in flight
  bool strict_id_numbers = false;         ///< full ID number check on the predecessor's route, too
  std::vector<std::string> cors_origins;  ///< exact origins, or "*"
  std::string environment = "production"; ///< as /health shows it
};

struct operator_settings {
  bool enabled = true;
  endpoint listen{"127.0.0.1", 9090};
  std::vector<std::string> hosts; ///< names under which operators come, beside localhost and addresses
  /// Holds the token of this start (0600) while the node runs; empty: operator.token beside `redis.secret_file`.
  std::filesystem::path token_file;
};

struct cache_settings {
  unsigned shards = 0;                          ///< lookup and cache shards; 0: one per I/O loop
  std::size_t bytes = 256 * 1024 * 1024;        ///< L1, all shards together
  std::size_t negative_bytes = 4 * 1024 * 1024; ///< for "no such member" entries, all shards together
  seconds member_fresh{3'600};                  ///< CACHE_TTL_MEMBER
  seconds card_fresh{1'800};                    ///< CACHE_TTL_CARD
  seconds stale{86'400};                        ///< kept this long beyond fresh
  seconds negative_fresh{10};
  milliseconds stale_after{100}; ///< a stale copy answers after waiting this long for the database
  std::size_t warm_members = 0;  ///< loaded at start
};

/// What cards say, how they are signed, and how many are kept.
struct cards_settings {
  std::string organisation = "Membership Organisation"; ///< as cards show it
  std::filesystem::path logo_file;                      ///< an SVG of plain paths; empty: no logo
  std::string public_url = "https://localhost";         ///< of this service: QR codes lead there
  /// Made at first start, mode 0600, the same on all nodes; empty: card.keys beside `redis.secret_file`.
  std::filesystem::path keys_file;
  bool full_names = false;                   ///< whoever verifies a card sees its holder's full name
  unsigned renderers = 0;                    ///< threads that draw; 0: one per two cores, at least one
  std::size_t data_bytes = 64 * 1024 * 1024; ///< of card data with QR code and PDF, kept for CACHE_TTL_CARD
  std::size_t qr_bytes = 16 * 1024 * 1024;
  std::size_t picture_bytes = 32 * 1024 * 1024; ///< of PDF, SVG and PNG
  seconds qr_fresh{14'400};
  seconds picture_fresh{3'600};
};

struct database_settings {
  /// sqlite:PATH or mysql://USER:PASSWORD@HOST:PORT/NAME[?tls=off|prefer|require|verify&ca=FILE]; empty: made from DB_*
  /// parts
  std::string store;
  std::string host = "127.0.0.1";       ///< DB_HOST
  std::uint16_t port = 3306;            ///< DB_PORT
  std::string user = "root";            ///< DB_USER
  std::string password;                 ///< DB_PASSWORD
  std::string name;                     ///< DB_NAME; empty: no MySQL configured
  unsigned connection_limit = 200;      ///< DB_CONNECTION_LIMIT
  milliseconds acquire_timeout{30'000}; ///< DB_ACQUIRE_TIMEOUT: how long a key waits for a connection
  std::size_t queue_limit = 500;        ///< DB_QUEUE_LIMIT: keys that wait for a connection
  milliseconds idle_timeout{300'000};   ///< DB_IDLE_TIMEOUT: idle connections are closed after it
  milliseconds connect_timeout{2'000};
  milliseconds read_timeout{5'000};
  milliseconds write_timeout{5'000};
  milliseconds slow_statement{1'000}; ///< logged by name above it
  unsigned group_limit = 64;          ///< keys per statement, a power of two up to 64
};

struct redis_settings {
  std::string url; ///< REDIS_URL: redis://[USER:PASSWORD@]HOST[:PORT][/DB]; empty: no L2
  std::filesystem::path secret_file = "var/cache.secret"; ///< made at first start, mode 0600, the same on all nodes
  unsigned connections = 0;                               ///< 0: one per CAF worker
  milliseconds timeout{50};                               ///< for a command, and the longest a lookup waits for L2
  milliseconds connect_timeout{50};
  milliseconds backoff_min{50}; ///< between attempts to connect, doubled each time, with jitter
  milliseconds backoff_max{2'000};
};

/// Requests per client address, in windows that begin with a client's first request. 0: no such limit.
struct limits_settings {
  unsigned general = 1'000;      ///< RATE_LIMIT_GENERAL: all requests, per 15 minutes
  unsigned member_lookup = 60;   ///< RATE_LIMIT_MEMBER_LOOKUP: per minute
  unsigned card_generation = 10; ///< RATE_LIMIT_CARD_GENERATION: per 5 minutes
  unsigned bulk = 5;             ///< RATE_LIMIT_BULK: per hour
  unsigned connections = 200;    ///< open at once
  std::size_t clients = 100'000; ///< how many are remembered at once
  bool shared = true;            ///< counted together with other processes, through Redis
};

/// What a client may find out about members, per 15 minutes from its first lookup. 0: no such limit.
struct guessing_settings {
  unsigned misses = 30;    ///< lookups of numbers that no member has
  unsigned distinct = 300; ///< different members asked for
  unsigned run = 12;       ///< different numbers of one birth date, or one after the other
};

/// What may be at work at once, counted in members to load and cards to draw, and what may wait for it.
struct queue_settings {
  std::size_t concurrency = 100; ///< QUEUE_CONCURRENCY; 0: no queue, all is at work
  std::size_t limit = 2'000;     ///< QUEUE_LIMIT
  milliseconds timeout{30'000};  ///< QUEUE_TIMEOUT
  milliseconds target{20};       ///< waiting longer than this all through `interval` is overload; 0: it is never told
  milliseconds interval{100};
};

/// When a database is left alone.
struct breaker_settings {
  unsigned failures = 10;                ///< BREAKER_FAILURES: in a row; 0: never
  milliseconds recovery{60'000};         ///< BREAKER_RECOVERY: then it is tried again
  milliseconds statement_timeout{1'000}; ///< a lookup's statement that takes longer has failed; 0: the read timeout
};

/// Who may do what without a key, and who may speak for others.
struct access_settings {
  std::vector<std::string> open;    ///< scopes that need no key
  std::vector<std::string> trusted; ///< networks of proxies whose word about the client's address counts
  bool proxy_protocol = false;      ///< connections from those begin with a PROXY header
};

/// Files in PEM. With a certificate the gateway speaks TLS only.
struct tls_settings {
  std::filesystem::path certificate_file; ///< the chain, the server's own certificate first
  std::filesystem::path key_file;         ///< empty: the key is in the certificate's file; alone it is an error
};

/// From when operators are told, by the log and a webhook (docs/operations.md, "Alerts"). 0: not at all.
struct alert_settings {
  unsigned connection_percent = 80; ///< of connections in use: clients', the database's
  unsigned hit_percent = 70;        ///< of lookups that L1 or L2 answers: fewer
  unsigned queue_percent = 80;      ///< of places in the queue taken
  milliseconds average_response{1'000};
  unsigned error_percent = 1; ///< of responses, for each kind of error
  unsigned memory_percent = 80;
  unsigned cpu_percent = 80; ///< of all cores
  unsigned descriptor_percent = 80;
  unsigned certificate_days = 30; ///< until the TLS certificate ends; critical at 7
  milliseconds clock_jump{1'000}; ///< of the wall clock
  milliseconds feed_lag{10'000};  ///< since all that others had changed was known
  unsigned suspects = 1;          ///< clients that look as if they guessed ID numbers
  std::string webhook;            ///< http:// or https:// URL that takes Alertmanager's format; empty: none
};

/// Following what others change in the store.
struct feed_settings {
  bool enabled = true;
  milliseconds interval{250}; ///< between two looks
};

struct log_settings {
  std::string level = "info";        ///< trace, debug, info, warn, error, off
  std::string format = "text";       ///< text or json (one object per line)
  std::filesystem::path access_file; ///< the access log; empty: there is none
};

struct settings {
  gateway_settings gateway;
  operator_settings operators;
  cache_settings cache;
  cards_settings cards;
  database_settings database;
  redis_settings redis;
  limits_settings limits;
  guessing_settings guessing;
  queue_settings queue;
  breaker_settings breaker;
  access_settings access;
  tls_settings tls;
  alert_settings alerts;
  feed_settings feed;
  log_settings log;
  unsigned workers = 0;   ///< CAF workers; 0: cores minus I/O loops, at least one
  bool no_limits = false; ///< benchmarks only: no limit per client
};

/// Returns the first contradiction or value out of range, as one sentence that names the setting.
status validate(const settings& all);

/// Returns `all` with every 0 that means "choose for me" replaced by its choice for `cores` processors, and
/// `database.store` filled from its parts.
settings resolve(settings all, unsigned cores);

} // namespace tessera
