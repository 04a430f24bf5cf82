#include "operators/plane_answers.hpp"

#include "cards/json_text.hpp"

#include <string>

namespace tessera {

namespace {

constexpr const char* problem_type = "application/problem+json";

void begin_problem(json_text& out, int status, std::string_view title, std::string_view detail, std::string_view type) {
  out.open()
      .put("type", type)
      .put("title", title)
      .put("status", static_cast<std::uint64_t>(status))
      .put("detail", detail);
}

void send(httplib::Response& response, int status, const json_text& body) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  response.set_content(body.text(), problem_type);
}

} // namespace

void refuse(httplib::Response& response, int status, std::string_view title, std::string_view detail,
            std::string_view type) {
  json_text body;
  begin_problem(body, status, title, detail, type);
  send(response, status, body.close());
}

void refuse(httplib::Response& response, error_code code, std::string_view detail) {
  refuse(response, problem{code, std::string{detail}, {}, 0});
}

void refuse(httplib::Response& response, const problem& what) {
  const auto& shown = http_error_of(what.code);
  json_text body;
  begin_problem(body, shown.status, shown.title, what.message.empty() ? shown.message : what.message,
                problem_type_of(what.code));
  if (!what.errors.empty()) {
    body.list("errors");
    for (const auto& each : what.errors)
      body.open().put("pointer", each.pointer).put("detail", each.detail).close();
    body.end_list();
  }
  if (what.retry_after_s != 0)
    response.set_header("Retry-After", std::to_string(what.retry_after_s));
  send(response, shown.status, body.close());
}

} // namespace tessera
