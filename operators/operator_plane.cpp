#include "operators/operator_plane.hpp"

#include "cards/json_text.hpp"
#include "cards/wall_clock.hpp"
#include "config/value_text.hpp"
#include "gateway/node_report.hpp"
#include "guard/ip_address.hpp"
#include "operators/actor_list.hpp"
#include "operators/history_json.hpp"
#include "operators/operator_actions.hpp"
#include "operators/plane_answers.hpp"
#include "operators/prometheus_text.hpp"
#include "operators/report_json.hpp"
#include "operators/shared_text.hpp"
#include "operators/stats_json.hpp"

#include <httplib.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <thread>
#include <utility>

namespace tessera {

namespace {

using httplib::Request;
using httplib::Response;

// cpp-httplib holds a thread for as long as a connection lives: four idle clients of a pool of four make the fifth wait
// for five seconds (measured). So a connection is short, and there are more threads than viewers.
constexpr std::size_t threads = 16;
constexpr std::size_t requests_per_connection = 1;
constexpr time_t read_timeout_s = 2;
constexpr time_t write_timeout_s = 5;
constexpr std::size_t most_payload = 64 * 1024;

constexpr const char* json_type = plane_json_type;
constexpr const char* health_type = "application/health+json";

/// Nothing that this plane serves comes from elsewhere or runs what stands in a page.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src "
    "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Sends bytes that others share, with status 200. With a provider cpp-httplib neither copies nor compresses them.
void send(Response& response, shared_text::text body, const char* type) {
  response.set_header("Cache-Control", "no-store");
  auto size = body->size();
  response.set_content_provider(
      size, type, [body = std::move(body)](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        return sink.write(body->data() + offset, length);
      });
}

void send(Response& response, std::string body, const char* type) {
  send(response, std::make_shared<const std::string>(std::move(body)), type);
}

/// Returns the name of a Host header's value, without its port and brackets.
std::string_view host_name(std::string_view host) {
  if (host.starts_with('['))
    return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
  std::int64_t value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

} // namespace

struct operator_plane::implementation {
  explicit implementation(operator_context context)
      : it(std::move(context)), operating(it.control, *it.access),
        stats([this](const auto& from) { return stats_json(from, *it.desk); }), actors(actors_json), csv(actors_csv),
        metrics(prometheus_text) {
  }

  void set_up();
  void set_up_routes();
  bool knows_host(const Request& request) const;
  bool admits(const Request& request, Response& response);
  void on_snapshot(const Request& request, Response& response, shared_text& document, const char* type);
  void on_history(const Request& request, Response& response) const;
  void on_health(const Request& request, Response& response) const;
  void on_file(const Request& request, Response& response) const;

  operator_context it;
  operator_actions operating;
  shared_text stats;
  shared_text actors;
  shared_text csv;
  shared_text metrics;
  httplib::Server server;
  std::uint16_t port = 0;
  std::thread listening;
};

void operator_plane::implementation::set_up() {
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  server.set_keep_alive_max_count(requests_per_connection);
  server.set_read_timeout(read_timeout_s);
  server.set_write_timeout(write_timeout_s);
  server.set_payload_max_length(most_payload);
  server.set_tcp_nodelay(true);
  // Not what cpp-httplib does by default: with SO_REUSEPORT a second process would share the port unnoticed.
  server.set_socket_options([](socket_t socket) {
    int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                              {"X-Frame-Options", "DENY"},
                              {"Referrer-Policy", "no-referrer"},
                              {"Cross-Origin-Resource-Policy", "same-origin"},
                              {"Cross-Origin-Opener-Policy", "same-origin"},
                              {"Content-Security-Policy", std::string{content_policy}}});
  server.set_pre_routing_handler([this](const Request& request, Response& response) {
    return admits(request, response) ? httplib::Server::HandlerResponse::Unhandled
                                     : httplib::Server::HandlerResponse::Handled;
  });
  server.set_error_handler([](const Request&, Response& response) { // of what never came to a handler
    if (response.body.empty())
      refuse(response, response.status, "Bad request", "The request cannot be read, or is too large");
  });
  server.set_exception_handler([](const Request&, Response& response, std::exception_ptr fault) {
    try {
      std::rethrow_exception(fault);
    } catch (const std::exception& known) {
      spdlog::error("operator plane: a request failed: {}", mask_id_numbers(known.what()));
    } catch (...) {
      spdlog::error("operator plane: a request failed");
    }
    refuse(response, error_code::internal, {});
  });
  set_up_routes();
}

void operator_plane::implementation::set_up_routes() {
  server.Get("/stats",
             [this](const Request& request, Response& response) { on_snapshot(request, response, stats, json_type); });
  server.Get("/stats/actors", [this](const Request& request, Response& response) {
    auto format = request.get_param_value("format");
    if (format == "csv") {
      response.set_header("Content-Disposition", "attachment; filename=\"actors.csv\"");
      on_snapshot(request, response, csv, "text/csv; charset=utf-8");
    } else if (format.empty() || format == "json") {
      on_snapshot(request, response, actors, json_type);
    } else {
      refuse(response, error_code::validation, "format must be json or csv");
    }
  });
  server.Get("/stats/history", [this](const Request& request, Response& response) { on_history(request, response); });
  server.Get("/metrics", [this](const Request& request, Response& response) {
    on_snapshot(request, response, metrics, prometheus_content_type);
  });
  server.Get("/health", [this](const Request& request, Response& response) { on_health(request, response); });
  server.Get("/session", [this](const Request& request, Response& response) {
    operating.describe_session(request, response, it.token_file);
  });
  server.Post("/actions/.*", [this](const Request& request, Response& response) { operating.act(request, response); });
  server.Get(".*", [this](const Request& request, Response& response) { on_file(request, response); });
}

/// A page elsewhere can make a browser ask here under a name of its own (DNS rebinding); it cannot make it ask under an
/// address, or under a name that is ours.
bool operator_plane::implementation::knows_host(const Request& request) const {
  if (request.get_header_value_count("Host") != 1)
    return false;
  auto host = request.get_header_value("Host");
  auto name = host_name(host);
  return name == "localhost" || parse_ip_address(name) || name == it.settings.listen.host
         || std::ranges::find(it.settings.hosts, name) != it.settings.hosts.end();
}

bool operator_plane::implementation::admits(const Request& request, Response& response) {
  if (!knows_host(request)) {
    refuse(response, 421, "Misdirected Request",
           "This host name is not known here; name it in the setting operator.hosts if it is yours");
    return false;
  }
  if (request.path.starts_with("/actions/"))
    return operating.admits(request, response);
  if (request.method != "GET" && request.method != "HEAD") {
    response.set_header("Allow", "GET, HEAD");
    refuse(response, error_code::method_not_allowed, {});
    return false;
  }
  if (!it.needs_key)
    return true;
  auto caller = caller_of(request, *it.access);
  if (caller.refused == error_code::none)
    return true;
  if (caller.refused == error_code::authentication)
    response.set_header("WWW-Authenticate", "Bearer");
  refuse(response, problem{caller.refused,
                           "Reading from other machines: " + caller.why,
                           {},
                           static_cast<std::uint32_t>(caller.retry_after.count())});
  return false;
}

void operator_plane::implementation::on_snapshot(const Request& request, Response& response, shared_text& document,
                                                 const char* type) {
  auto newest = it.desk->newest.get();
  if (!newest) {
    response.set_header("Retry-After", "1");
    refuse(response, 503, "Starting", "There is no sample yet");
    return;
  }
  auto etag = "W/\"" + std::to_string(newest->node->started_ms) + "-" + std::to_string(newest->sequence) + "\"";
  response.set_header("ETag", etag);
  if (request.get_header_value("If-None-Match") == etag) {
    response.status = 304;
    return;
  }
  send(response, document.of(*newest), type);
}

void operator_plane::implementation::on_history(const Request& request, Response& response) const {
  history_query asked;
  if (request.has_param("range")) {
    auto range = parse_range(request.get_param_value("range"));
    if (!range)
      return refuse(response, error_code::validation, "range must be 10m, 6h or 7d");
    asked.range = *range;
  }
  if (request.has_param("since")) {
    auto since = parse_seconds(request.get_param_value("since"));
    if (!since)
      return refuse(response, error_code::validation, "since must be a time in whole seconds since 1970");
    asked.since_s = *since;
  }
  auto series = parse_series(request.get_param_value("series"));
  if (!series)
    return refuse(response, error_code::validation, "series must be names of series, separated by commas");
  asked.series = std::move(*series);
  send(response, history_json(*it.desk, asked), json_type);
}

void operator_plane::implementation::on_health(const Request& request, Response& response) const {
  auto health = health_of(it.status, it.metrics);
  bool ready = it.status.now == node_status::phase::ready;
  auto now = iso8601(wall_clock());
  response.set_header("Cache-Control", "no-store");
  response.set_header("Vary", "Accept");
  if (request.get_header_value("Accept").find(health_type) != std::string::npos) {
    response.status = ready ? 200 : 503;
    response.set_content(health_check_json(it.status, it.metrics, now), health_type);
    return;
  }
  bool well = ready && !health.degraded();
  json_text out;
  out.open()
      .put("success", true)
      .put("message", well ? "Server is healthy" : "Server is degraded")
      .put_raw("data", health_detailed_json(it.status, it.metrics, now, std::chrono::microseconds{0}))
      .put("timestamp", now)
      .close();
  response.status = well ? 200 : 503;
  response.set_content(out.text(), json_type);
}

void operator_plane::implementation::on_file(const Request& request, Response& response) const {
  auto file = std::ranges::find(it.files, request.path, &web_file::path);
  if (file == it.files.end()) {
    refuse(response, error_code::not_found, "There is nothing here");
    return;
  }
  response.set_header("Vary", "Accept-Encoding");
  response.set_header("Cache-Control", "no-cache");
  response.set_header("ETag", std::string{file->etag});
  if (request.get_header_value("If-None-Match") == file->etag) {
    response.status = 304;
    return;
  }
  auto bytes = file->bytes;
  if (!file->gzip.empty() && request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos) {
    response.set_header("Content-Encoding", "gzip");
    bytes = file->gzip;
  }
  response.set_content_provider(bytes.size(), std::string{file->content_type},
                                [bytes](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                                  return sink.write(bytes.data() + offset, length);
                                });
}

result<std::unique_ptr<operator_plane>> operator_plane::open(operator_context context) {
  auto at = context.settings.listen;
  auto self = std::make_unique<implementation>(std::move(context));
  self->set_up();
  auto host = at.host.empty() ? std::string{"0.0.0.0"} : at.host;
  if (at.port == 0) {
    auto port = self->server.bind_to_any_port(host);
    if (port > 0)
      self->port = static_cast<std::uint16_t>(port);
  } else if (self->server.bind_to_port(host, at.port)) {
    self->port = at.port;
  }
  if (self->port == 0)
    return failure{error_code::validation, "Cannot listen for operators on " + endpoint_text(at)
                                               + " (operator.listen): somebody listens there already, or there is no "
                                                 "such address"};
  return std::unique_ptr<operator_plane>{new operator_plane(std::move(self))};
}

operator_plane::operator_plane(std::unique_ptr<implementation> self) : self_(std::move(self)) {
}

operator_plane::~operator_plane() {
  stop();
}

std::uint16_t operator_plane::port() const noexcept {
  return self_->port;
}

void operator_plane::start() {
  auto& server = self_->server;
  self_->listening = std::thread{[&server] { server.listen_after_bind(); }};
  while (!server.is_running()) // before that, a stop would go unnoticed
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

void operator_plane::stop() {
  if (!self_->listening.joinable())
    return;
  self_->server.stop();
  self_->listening.join();
}

} // namespace tessera
