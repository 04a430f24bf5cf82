#include "app/ctl_status.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <cstdint>

namespace tessera {

namespace {

class stats_reader {
public:
  explicit stats_reader(std::string_view text) {
    document_.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  }

  bool valid() const {
    return !document_.HasParseError() && document_.IsObject() && find("/state/word") != nullptr;
  }

  std::string text(const char* pointer) const {
    const auto* value = find(pointer);
    return value && value->IsString() ? std::string{value->GetString(), value->GetStringLength()} : std::string{"-"};
  }

  std::string number(const char* pointer, int digits = 0) const {
    const auto* value = find(pointer);
    return value && value->IsNumber() ? fmt::format("{:.{}f}", value->GetDouble(), digits) : std::string{"-"};
  }

  const rapidjson::Value* find(const char* pointer) const {
    return rapidjson::Pointer{pointer}.Get(document_);
  }

private:
  rapidjson::Document document_;
};

std::string text_of(const rapidjson::Value& from, const char* name) {
  auto found = from.FindMember(name);
  return found != from.MemberEnd() && found->value.IsString() ? found->value.GetString() : std::string{"-"};
}

void add_alerts(std::string& out, const stats_reader& stats) {
  const auto* alerts = stats.find("/alerts");
  if (!alerts || !alerts->IsArray())
    return;
  for (const auto& each : alerts->GetArray())
    if (each.IsObject() && text_of(each, "state") == "firing")
      out += fmt::format("alert      {}: {} (since {})\n", text_of(each, "severity"), text_of(each, "summary"),
                         text_of(each, "since"));
}

} // namespace

std::string status_text(std::string_view stats) {
  stats_reader from{stats};
  if (!from.valid())
    return {};
  std::string out;
  auto cause = from.text("/state/cause");
  out += fmt::format("node       {} {}, {}, up {} s\n", from.text("/node/name"), from.text("/node/version"),
                     from.text("/node/phase"), from.number("/node/uptime_s"));
  out += fmt::format("state      {}{} since {}\n", from.text("/state/word"), cause == "-" ? "" : ": " + cause,
                     from.text("/state/since"));
  out += fmt::format("requests   {} /s, p50 {} ms, p99 {} ms, errors {} %, refused {} /s\n",
                     from.number("/tiles/requests/now", 1), from.number("/tiles/latency/p50/now", 1),
                     from.number("/tiles/latency/p99/now", 1), from.number("/tiles/errors/now", 2),
                     from.number("/tiles/refused/now", 1));
  out += fmt::format("caches     {} % of lookups, {} members in memory\n", from.number("/caches/hit_ratio_percent", 1),
                     from.number("/caches/l1/entries"));
  out +=
      fmt::format("queue      {} at work, {} waiting\n", from.number("/queue/at_work"), from.number("/queue/waiting"));
  out += fmt::format("database   {}, {} of {} connections busy, breaker {}", from.text("/pool/kind"),
                     from.number("/pool/busy"), from.number("/pool/limit"), from.text("/pool/breaker/state"));
  if (auto until = from.text("/pool/breaker/forced_until"); until != "-")
    out += " by an order until " + until;
  out += fmt::format(
      "\nprocess    {} % of a core, {} MiB, {} connections\n", from.number("/process/cpu_percent", 1),
      [&] {
        const auto* bytes = from.find("/process/resident_bytes");
        return bytes && bytes->IsUint64() ? bytes->GetUint64() >> 20 : std::uint64_t{0};
      }(),
      from.number("/gateway/connections"));
  add_alerts(out, from);
  return out;
}

} // namespace tessera
