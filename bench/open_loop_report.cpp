#include "bench/open_loop_report.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <time.h>

namespace tessera::bench {

namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(json_writer& out, const char* name, double value) {
  out.Key(name);
  out.Double(value);
}

void write(json_writer& out, const char* name, std::uint64_t value) {
  out.Key(name);
  out.Uint64(value);
}

void write_microseconds(json_writer& out, const char* name, const histogram& of_ns) {
  auto microseconds = [](std::uint64_t ns) { return static_cast<double>(ns) / 1'000; };
  out.Key(name);
  out.StartObject();
  write(out, "p50", microseconds(of_ns.percentile(0.5)));
  write(out, "p90", microseconds(of_ns.percentile(0.9)));
  write(out, "p99", microseconds(of_ns.percentile(0.99)));
  write(out, "max", microseconds(of_ns.max()));
  out.EndObject();
}

void write(json_writer& out, const std::string& name, const answer_tally::kind& what) {
  out.Key(name.c_str());
  out.StartObject();
  write(out, "count", what.latency_ns.count());
  write(out, "in_time", what.in_time);
  write(out, "unexplained", what.unexplained);
  write_microseconds(out, "latency_us", what.latency_ns);
  out.EndObject();
}

} // namespace

std::string open_loop_report::json() const {
  timespec cpu{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  rapidjson::StringBuffer text;
  json_writer out{text};
  out.SetMaxDecimalPlaces(6);
  out.StartObject();
  write(out, "requests", requests);
  write(out, "sent_in_time", sent_in_time);
  write(out, "connection_waits", connection_waits);
  write(out, "reconnects", reconnects);
  write(out, "lost_connections", lost_connections);
  write(out, "seconds", seconds);
  write(out, "client_cpu_seconds", static_cast<double>(cpu.tv_sec) + 1e-9 * static_cast<double>(cpu.tv_nsec));
  write_microseconds(out, "send_lag_us", send_lag_ns);
  out.Key("errors");
  out.StartObject();
  for (const auto& [what, count] : errors)
    write(out, what.c_str(), count);
  out.EndObject();
  out.Key("statuses");
  out.StartObject();
  for (const auto& [status, what] : answers.by_status())
    write(out, std::to_string(status), what);
  out.EndObject();
  out.Key("kinds");
  out.StartObject();
  for (const auto& [key, what] : answers.kinds())
    write(out, std::to_string(key.first) + " " + key.second, what);
  out.EndObject();
  out.Key("void");
  out.StartArray();
  for (const auto& reason : void_reasons())
    out.String(reason.c_str());
  out.EndArray();
  out.EndObject();
  return text.GetString();
}

} // namespace tessera::bench
