#include "app/node.hpp"

#include "actors/metrics.hpp"
#include "actors/node_context.hpp"
#include "actors/supervisor.hpp"
#include "app/actor_requests.hpp"
#include "app/operator_control.hpp"
#include "cards/wall_clock.hpp"
#include "config/descriptor_limit.hpp"
#include "config/log_level.hpp"
#include "config/small_file.hpp"
#include "config/value_text.hpp"
#include "gateway/access_log.hpp"
#include "gateway/gateway.hpp"
#include "gateway/listener.hpp"
#include "gateway/node_status.hpp"
#include "gateway/protection.hpp"
#include "gateway/tls_context.hpp"
#include "guard/access_policy.hpp"
#include "messages/types.hpp"
#include "operators/operator_plane.hpp"
#include "storage/card_key_file.hpp"
#include "storage/l2_client.hpp"
#include "storage/l2_sealer.hpp"
#include "storage/member_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <optional>
#include <random>
#include <thread>
#include <vector>

namespace tessera {

namespace {

/// Descriptors kept back from clients: store, Redis, files, the operator plane, CAF's own.
constexpr std::size_t reserved_descriptors = 512;

/// How long an actor may go on with its mailbox before others get their turn. VAST's figure, set after a live-lock
/// with CAF's default (unlimited).
constexpr std::size_t throughput = 500;

/// A start waits no longer for a warm cache.
constexpr std::chrono::seconds warm_limit{60};

/// Nor for the change feed.
constexpr std::chrono::seconds changes_limit{5};

struct system_config : caf::actor_system_config {
  explicit system_config(unsigned workers) {
    add_message_types<caf::id_block::tessera>();
    // CAF's default policy lets idle workers poll and sleep, which costs latency and processor time.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", static_cast<std::size_t>(workers));
    set("scheduler.max-throughput", throughput);
  }
};

/// Returns whether every address of `host` is loopback.
bool is_loopback(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.empty() ? nullptr : host.c_str(), "0", &hints, &found) != 0)
    return true; // opening the listener says what is wrong with it
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses{found, ::freeaddrinfo};
  for (const auto* at = found; at; at = at->ai_next) {
    if (at->ai_family == AF_INET
        && (ntohl(reinterpret_cast<const sockaddr_in*>(at->ai_addr)->sin_addr.s_addr) >> 24) != 127)
      return false;
    if (at->ai_family == AF_INET6
        && !IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(at->ai_addr)->sin6_addr))
      return false;
  }
  return true;
}

std::uint64_t random_seed() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) ^ source();
}

protection_secrets secrets_of(const l2_sealer& sealer) {
  protection_secrets result;
  result.naming = sealer.client_names();
  for (auto& byte : result.guesses)
    byte = static_cast<std::uint8_t>(random_seed());
  result.counts = random_seed();
  return result;
}

} // namespace

struct node::implementation {
  implementation(const settings& settings, std::string version, std::function<void(std::string)> fatal)
      : all(settings), on_fatal(std::move(fatal)), logging(all.log.level),
        metrics(all.cache.shards, all.redis.url.empty() ? 0 : all.redis.connections, all.gateway.io_loops,
                all.cards.renderers) {
    process.environment = all.gateway.environment;
    process.version = std::move(version);
    process.has_l2 = !all.redis.url.empty();
    process.limits = !all.no_limits;
    process.feed = all.feed.enabled;
  }

  status open_store();
  status read_keys();
  status read_cards();
  status check_access();
  bool speaks_tls() const {
    return !all.tls.certificate_file.empty() || !all.tls.key_file.empty();
  }
  status load_certificate();
  void log_certificate() const;
  status open_access_log();
  status open_listeners();
  status open_operator_plane();
  std::shared_ptr<const node_description> describe() const;
  node_facts facts() const;
  status start_actors();
  result<directory> await_directory(caf::scoped_actor& self);
  void await_changes();
  void warm(caf::scoped_actor& self, const directory& where);
  void await_drain();
  status reload_certificate();
  status reload_card_keys();
  status reopen_access_log();
  std::vector<node_control::reloaded_part> reload_files();

  settings all;
  std::function<void(std::string)> on_fatal;
  std::function<void()> on_drain;
  log_level_switch logging;
  node_metrics metrics;
  node_status process;
  std::shared_ptr<member_store> store;
  std::shared_ptr<const l2_sealer> sealer;
  std::string l2;                      ///< its name in the change feed; empty: there is none
  std::optional<change_start> changes; ///< where the feed was before anything was cached
  std::shared_ptr<key_ring_slot> keys;
  std::shared_ptr<published<card_keys>> signing = std::make_shared<published<card_keys>>();
  std::shared_ptr<published<card_ledger>> ledger = std::make_shared<published<card_ledger>>();
  std::shared_ptr<const card_maker> maker;
  std::optional<protection> shield;
  std::shared_ptr<stats_desk> desk = std::make_shared<stats_desk>();
  std::mutex reloading;                              ///< over `tls` once started, and over what is read again
  std::shared_ptr<const tls_context> tls;            ///< what new connections get; null: they are plain
  std::atomic<std::int64_t> certificate_until_ms{0}; ///< since 1970; 0: there is none
  std::vector<listener> listeners;
  std::uint16_t bound_port = 0;
  std::unique_ptr<access_log> access; ///< null: there is none
  std::unique_ptr<system_config> config;
  // The loops outlive the actor system: handles to actors on them do (and those hold the loops' units).
  std::deque<std::unique_ptr<gateway>> gateways;
  std::optional<caf::actor_system> system;
  supervisor_actor root;
  std::vector<std::thread> threads;
  // What operators may do and see; the plane, whose threads use the others, goes first.
  std::shared_ptr<audit_queue> audits = std::make_shared<audit_queue>();
  std::optional<actor_requests> requests;
  std::optional<operator_control> control;
  std::shared_ptr<const operator_token> token; ///< null: there is no plane
  std::unique_ptr<operator_plane> operators;   ///< null: nobody shall look
};

node::node(const settings& all, std::string version, std::function<void(std::string)> on_fatal)
    : self_(std::make_unique<implementation>(all, std::move(version), std::move(on_fatal))) {
}

node::~node() {
  if (self_->system)
    stop();
}

void node::on_drain(std::function<void()> drain) {
  self_->on_drain = std::move(drain);
}

status node::implementation::open_store() {
  auto address = parse_store_url(all.database.store);
  if (!address)
    return address.error();
  process.store = std::holds_alternative<sqlite_address>(*address) ? "sqlite" : "mysql";
  store = make_member_store(*address, all.database);
  if (auto checked = store->check_schema(); !checked)
    return checked;
  if (!all.redis.url.empty())
    if (auto parsed = parse_redis_url(all.redis.url); !parsed)
      return parsed.error();
  auto secret = l2_sealer::load_or_create(all.redis.secret_file);
  if (!secret)
    return secret.error();
  sealer = std::make_shared<const l2_sealer>(*secret);
  if (process.has_l2)
    l2 = l2_name(all.redis, *sealer);
  return ok();
}

status node::implementation::read_keys() {
  auto connection = store->connect();
  if (!connection)
    return connection.error();
  auto found = (*connection)->list_api_keys();
  if (!found)
    return failure{found.error().code, "the API keys cannot be read: " + found.error().detail};
  keys = std::make_shared<key_ring_slot>(std::make_shared<const key_ring>(*found));
  auto began = wall_clock();
  auto states = (*connection)->list_card_states();
  if (!states)
    return failure{states.error().code, "reissues and revocations of cards cannot be read: " + states.error().detail};
  ledger->put(std::make_shared<const card_ledger>(std::move(*states), began));
  if (!all.feed.enabled)
    return ok();
  auto start = (*connection)->find_change_start(l2);
  if (!start)
    return failure{start.error().code, "the change feed cannot be read: " + start.error().detail};
  changes = *start;
  return ok();
}

status node::implementation::read_cards() {
  auto found = load_or_create_card_keys(all.cards.keys_file);
  if (!found)
    return found.error();
  signing->put(std::make_shared<const card_keys>(std::move(*found)));
  std::optional<card_logo> logo;
  if (!all.cards.logo_file.empty()) {
    auto text = read_small_file(all.cards.logo_file, "the organisation's logo", file_privacy::shared);
    if (!text)
      return text.error();
    if (!*text)
      return failure{error_code::validation, "There is no file " + all.cards.logo_file.string() + " (cards.logo_file)"};
    auto drawn = read_logo(**text);
    if (!drawn)
      return failure{error_code::validation, "cards.logo_file: " + drawn.error().detail};
    logo = std::move(*drawn);
  }
  maker = std::make_shared<const card_maker>(
      card_maker_settings{all.cards.organisation, all.cards.public_url, sealer->etags(), std::move(logo)},
      [signing = signing] { return signing->get(); });
  return ok();
}

status node::implementation::check_access() {
  auto open = parse_scopes(all.access.open);
  if (!open)
    return open.error();
  return check_exposure(endpoint_text(all.gateway.listen), is_loopback(all.gateway.listen.host),
                        {*open, keys->get()->configured()});
}

status node::implementation::load_certificate() {
  auto loaded = tls_context::load(all.tls);
  if (!loaded)
    return loaded.error();
  tls = std::move(*loaded);
  if (auto end = tls->ends())
    certificate_until_ms = end->time_since_epoch().count();
  return ok();
}

void node::implementation::log_certificate() const {
  spdlog::info("New connections get the TLS certificate in {}, valid until {}", all.tls.certificate_file.string(),
               tls->valid_until());
}

status node::implementation::open_access_log() {
  if (all.log.access_file.empty())
    return ok();
  auto opened = access_log::open(all.log.access_file, metrics.access_log);
  if (!opened)
    return opened.error();
  access = std::move(*opened);
  return ok();
}

status node::implementation::open_listeners() {
  auto at = all.gateway.listen;
  auto first = listener::open(at, all.gateway.share_port);
  if (!first)
    return first.error();
  bound_port = at.port = first->port();
  listeners.push_back(std::move(*first));
  while (listeners.size() < all.gateway.io_loops) {
    // Shared ports are balanced by the kernel over sockets; an exclusive one is a single socket for all loops.
    auto next = all.gateway.share_port ? listener::open(at, true) : listeners.front().duplicate();
    if (!next)
      return next.error();
    listeners.push_back(std::move(*next));
  }
  return ok();
}

std::shared_ptr<const node_description> node::implementation::describe() const {
  auto result = std::make_shared<node_description>();
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0)
    result->name = name.data();
  result->version = process.version;
  result->environment = process.environment;
  result->store = process.store;
  result->has_l2 = process.has_l2;
  result->limits = process.limits;
  result->tls = speaks_tls();
  result->io_loops = all.gateway.io_loops;
  result->workers = all.workers;
  result->shards = all.cache.shards;
  result->renderers = all.cards.renderers;
  result->started_ms = wall_clock_ms();
  result->tickets_limit = all.gateway.max_tickets;
  result->queue_concurrency = all.queue.concurrency;
  result->queue_limit = all.queue.limit;
  result->pool_queue_limit = all.database.queue_limit;
  result->webhook = !all.alerts.webhook.empty();
  result->feed = all.feed.enabled;
  return result;
}

node_facts node::implementation::facts() const {
  node_facts result;
  result.now = static_cast<node_facts::phase>(process.now.load());
  result.connections = process.connections;
  result.connection_limit = process.connection_limit;
  result.heap_used_bytes = process.heap_used_bytes;
  result.heap_total_bytes = process.heap_total_bytes;
  result.keys_configured = keys->get()->configured();
  if (auto until = certificate_until_ms.load(); until != 0)
    result.certificate_until = utc_time{std::chrono::milliseconds{until}};
  return result;
}

status node::implementation::open_operator_plane() {
  if (!all.operators.enabled)
    return ok();
  token = std::make_shared<const operator_token>(all.operators.token_file);
  requests.emplace(*system, root, audits);
  control.emplace(operator_control::surroundings{*requests, logging, *desk, process.has_l2, all.gateway.drain_timeout,
                                                 on_drain, [this] { return reload_files(); }});
  auto opened = operator_plane::open({all.operators, !is_loopback(all.operators.listen.host), desk,
                                      std::make_shared<operator_access>(keys, token), token->file(), *control, process,
                                      metrics, dashboard_files()});
  if (!opened)
    return opened.error();
  operators = std::move(*opened);
  // After the address was ours: a second start by mistake must not take the token of the first away.
  if (auto published = token->publish(); !published)
    return published;
  operators->start();
  return ok();
}

status node::implementation::start_actors() {
  auto descriptors = raise_descriptor_limit();
  auto possible = descriptors > 2 * reserved_descriptors ? descriptors - reserved_descriptors : descriptors / 2;
  process.connection_limit =
      all.gateway.max_connections == 0 ? possible : std::min(possible, all.gateway.max_connections);

  shield.emplace(all, secrets_of(*sealer));
  desk->sources = {&metrics, describe(), [this] { return facts(); }, shield->suspects};
  config = std::make_unique<system_config>(all.workers);
  system.emplace(*config);
  root =
      system->spawn(tessera::supervisor, node_context{all, store, sealer, keys, maker, ledger, shield->limiter, desk,
                                                      &metrics, on_fatal, steady_clock_source(), audits, changes, l2});
  caf::scoped_actor self{*system};
  auto where = await_directory(self);
  if (!where)
    return where.error();
  if (all.feed.enabled)
    await_changes();
  if (all.cache.warm_members > 0)
    warm(self, *where);
  for (unsigned i = 0; i < all.gateway.io_loops; ++i) {
    gateways.push_back(std::make_unique<gateway>(
        gateway_context{*system, all.gateway, process, *shield, keys, all.cards, signing, ledger, metrics,
                        metrics.gateways[i], root, on_fatal, random_seed(), access.get()}));
  }
  return ok();
}

result<directory> node::implementation::await_directory(caf::scoped_actor& self) {
  std::optional<directory> where;
  self->send(root, subscribe_directory{caf::actor_cast<gateway_actor>(self)});
  self->receive([&](const directory& sent) { where = sent; }, caf::after(std::chrono::seconds{10}) >> [] {});
  if (!where)
    return failure{error_code::internal, "The actors did not start within 10 s"};
  return *where;
}

/// What others have changed while no node ran is cleared from L2 before L1 takes anything from there, and before
/// somebody waits for the members that a warming has brought.
void node::implementation::await_changes() {
  auto deadline = std::chrono::steady_clock::now() + changes_limit;
  while (read(metrics.changes.known) == 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      set(metrics.changes.unawaited, 1);
      spdlog::warn("What others have changed is not known within {} s: serving meanwhile", changes_limit.count());
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

void node::implementation::warm(caf::scoped_actor& self, const directory& where) {
  auto limit = static_cast<std::uint32_t>(all.cache.warm_members);
  caf::anon_send(where.maintenance, warm_cache{caf::actor_cast<gateway_actor>(self), {}, limit, "start", "local", {}});
  auto deadline = std::chrono::steady_clock::now() + warm_limit;
  bool waiting = true;
  while (waiting) {
    auto left = deadline - std::chrono::steady_clock::now();
    self->receive(
        [&](const maintenance_done& done) {
          waiting = false;
          if (done.error == error_code::none)
            spdlog::info("Warmed the cache with {} members", done.warmed_members);
          else
            spdlog::warn("Warming the cache failed: {}", to_string(done.error));
        },
        [](const directory&) {},
        caf::after(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left), std::chrono::milliseconds{0}))
            >>
            [&] {
              waiting = false;
              spdlog::warn("Warming the cache takes longer than {} s: serving meanwhile", warm_limit.count());
            });
  }
}

std::vector<node_control::reloaded_part> node::implementation::reload_files() {
  using part = node_control::reloaded_part;
  auto part_of = [](std::string what, const status& done) {
    return done ? part{std::move(what), part::outcome::reloaded, {}}
                : part{std::move(what), part::outcome::failed, done.error().detail};
  };
  std::vector<part> parts{part_of("card_keys", reload_card_keys())};
  parts.push_back(speaks_tls() ? part_of("certificate", reload_certificate())
                               : part{"certificate", part::outcome::off, {}});
  parts.push_back(access ? part_of("access_log", reopen_access_log()) : part{"access_log", part::outcome::off, {}});
  return parts;
}

status node::start() {
  auto& node = *self_;
  if (auto opened = node.open_store(); !opened)
    return opened;
  if (auto read = node.read_keys(); !read)
    return read;
  if (auto checked = node.check_access(); !checked)
    return checked;
  if (auto read = node.read_cards(); !read)
    return read;
  if (node.speaks_tls())
    if (auto loaded = node.load_certificate(); !loaded)
      return loaded;
  if (auto opened = node.open_access_log(); !opened)
    return opened;
  if (auto opened = node.open_listeners(); !opened)
    return opened;
  if (auto started = node.start_actors(); !started)
    return started;
  if (auto opened = node.open_operator_plane(); !opened)
    return opened;
  for (auto& listener : node.listeners)
    if (auto listening = listener.start(); !listening)
      return listening;
  node.process.now = node_status::phase::ready;
  std::lock_guard guard{node.reloading}; // operators may order it already
  for (std::size_t i = 0; i < node.gateways.size(); ++i) {
    auto& gateway = *node.gateways[i];
    gateway.listen(std::move(node.listeners[i]), node.tls);
    node.threads.emplace_back([&gateway] { gateway.run(); });
  }
  if (node.tls)
    node.log_certificate();
  return ok();
}

std::uint16_t node::port() const noexcept {
  return self_->bound_port;
}

std::uint16_t node::operator_port() const noexcept {
  return self_->operators ? self_->operators->port() : 0;
}

const node_metrics& node::metrics() const noexcept {
  return self_->metrics;
}

supervisor_actor node::supervisor() const {
  return self_->root;
}

std::vector<gateway_actor> node::gateways() const {
  std::vector<gateway_actor> handles;
  for (const auto& each : self_->gateways)
    handles.push_back(each->handle());
  return handles;
}

status node::implementation::reload_certificate() {
  std::lock_guard guard{reloading};
  if (!tls)
    return ok();
  if (auto loaded = load_certificate(); !loaded) {
    spdlog::error("The TLS certificate stays as it was: {}", loaded.error().detail);
    return loaded;
  }
  for (auto& gateway : gateways)
    gateway->renew(tls);
  log_certificate();
  return ok();
}

status node::implementation::reload_card_keys() {
  std::lock_guard guard{reloading};
  auto found = load_card_keys(all.cards.keys_file);
  if (!found) {
    spdlog::error("The keys that sign cards stay as they were: {}", found.error().detail);
    return found.error();
  }
  auto fresh = std::make_shared<const card_keys>(std::move(*found));
  if (fresh->signing_id() != signing->get()->signing_id())
    spdlog::info("Cards are signed with the key {} from now on", fresh->signing_id().text());
  signing->put(std::move(fresh));
  return ok();
}

status node::implementation::reopen_access_log() {
  auto reopened = access->reopen();
  if (!reopened)
    spdlog::error("The access log goes on in the file that it has: {}", reopened.error().detail);
  return reopened;
}

void node::reload() {
  self_->reload_files();
}

void node::sample() {
  self_->logging.look(std::chrono::steady_clock::now());
  auto heap = ::mallinfo2();
  self_->process.heap_used_bytes = heap.uordblks + heap.hblkhd;
  self_->process.heap_total_bytes = heap.arena + heap.hblkhd;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen("/proc/self/statm", "r"), std::fclose};
  unsigned long pages = 0;
  unsigned long resident = 0;
  if (file && std::fscanf(file.get(), "%lu %lu", &pages, &resident) == 2)
    self_->process.resident_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void node::implementation::await_drain() {
  auto deadline = std::chrono::steady_clock::now() + all.gateway.drain_timeout;
  while (process.connections > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

void node::stop() {
  auto& node = *self_;
  node.process.now = node_status::phase::draining;
  for (auto& gateway : node.gateways)
    gateway->drain();
  if (!node.threads.empty())
    node.await_drain();
  for (auto& gateway : node.gateways)
    gateway->stop();
  for (auto& thread : node.threads)
    thread.join();
  node.threads.clear();
  if (node.access)
    node.access->close();
  for (auto& gateway : node.gateways)
    gateway->retire();
  if (node.requests)
    node.requests->close();
  if (node.system) {
    caf::anon_send_exit(node.root, caf::exit_reason::user_shutdown);
    node.root = nullptr;
    node.system.reset(); // waits for the actors
  }
  if (node.operators)
    node.operators->stop();
  if (node.token)
    node.token->withdraw();
  node.gateways.clear();
}

} // namespace tessera
