#include "actors/alert_sender.hpp"

#include "cards/json_text.hpp"

#include <httplib.h>

#include <random>
#include <utility>

namespace tessera {

namespace {

std::string time_text(std::uint64_t ms) {
  return iso8601(utc_time{std::chrono::milliseconds{ms}});
}

/// Divides a URL into what the client connects to and the path.
std::pair<std::string, std::string> parts_of(const std::string& url) {
  auto path = url.find('/', url.find("://") + 3);
  return path == url.npos ? std::pair{url, std::string{"/"}} : std::pair{url.substr(0, path), url.substr(path)};
}

} // namespace

std::string alertmanager_body(const std::vector<alert_notice>& notices, const node_description& node) {
  json_text out;
  out.list();
  for (const auto& notice : notices) {
    out.open()
        .open("labels")
        .put("alertname", notice.id)
        .put("severity", notice.severity)
        .put("service", "tessera")
        .put("instance", node.name)
        .close()
        .open("annotations")
        .put("summary", notice.summary)
        .put("description", notice.meaning)
        .put("advice", notice.advice);
    if (!notice.value.empty())
      out.put("value", notice.value);
    out.close().put("startsAt", time_text(notice.began_ms));
    if (notice.ended_ms != 0)
      out.put("endsAt", time_text(notice.ended_ms));
    out.close();
  }
  return out.end_list().text();
}

void alert_sender_state::on_tick() {
  auto at = now();
  auto news = alerts->current();
  bool fresh = news.version != told_version;
  set(metrics->waiting, fresh ? news.notices.size() : 0);
  bool due = fresh || at - told_at >= settings.repeat_every;
  if (due && !news.notices.empty() && attempts->ready(at) && send(news)) {
    told_version = news.version;
    told_at = at;
    alerts->told(news);
    set(metrics->waiting, 0);
  }
  self->delayed_send(alert_sender_actor{self}, settings.look_every, tick{});
}

bool alert_sender_state::send(const firing_alerts::news& news) {
  auto [host, path] = parts_of(settings.url);
  httplib::Client client{host};
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings.timeout).count();
  client.set_connection_timeout(seconds);
  client.set_read_timeout(seconds);
  client.set_write_timeout(seconds);
  auto response = client.Post(path, alertmanager_body(news.notices, *node), "application/json");
  if (response && response->status >= 200 && response->status < 300) {
    add(metrics->sent);
    set(metrics->succeeded_at_ms, wall_clock_ms());
    attempts->succeeded();
    if (std::exchange(failing, false))
      spdlog::info("alert_sender: the webhook takes alerts again");
    return true;
  }
  add(metrics->failed);
  note_failure(*metrics, error_code::internal);
  attempts->failed(now());
  if (!std::exchange(failing, true)) // its address may hold a token: it is not logged
    spdlog::warn("alert_sender: the webhook does not take alerts: {}; trying again",
                 response ? fmt::format("it answered {}", response->status) : httplib::to_string(response.error()));
  return false;
}

alert_sender_actor::behavior_type alert_sender(alert_sender_state::pointer self, alert_sender_settings settings,
                                               std::shared_ptr<const node_description> node,
                                               std::shared_ptr<firing_alerts> alerts, alert_sender_metrics* metrics,
                                               clock_source now) {
  furnish(self, alert_sender_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = std::move(settings);
  state.node = std::move(node);
  state.alerts = std::move(alerts);
  state.metrics = metrics;
  state.now = std::move(now);
  state.attempts.emplace(state.settings.backoff_min, state.settings.backoff_max, std::random_device{}());
  self->send(alert_sender_actor{self}, tick{});
  return {
      [self](const tick&) {
        handling timed{*self->state.metrics};
        self->state.on_tick();
      },
  };
}

} // namespace tessera
