#include "gateway/gateway.hpp"
#include "web/web_files.hpp"

/// A gateway's routes of what is built into the program: pages, and the description of the API.
namespace tessera {

namespace {

constexpr std::string_view verify_address = "/V";
constexpr std::string_view service_worker = "/V/sw.js";
constexpr std::string_view openapi_address = "/openapi.json";
constexpr std::string_view docs_address = "/docs";
constexpr std::string_view error_docs_address = "/docs/errors/";

constexpr std::string_view page_headers = "Cache-Control: no-cache\r\nVary: Accept-Encoding\r\n";
constexpr std::string_view error_page_headers = "Cache-Control: no-cache\r\nVary: Accept, Accept-Encoding\r\n";
/// It may serve the page itself, which is above its own path.
constexpr std::string_view service_worker_headers =
    "Cache-Control: no-cache\r\nVary: Accept-Encoding\r\nService-Worker-Allowed: /V\r\n";

/// Returns where the file lies that is asked for. Names of files are told apart by case, as the token in the verify
/// page's address is.
std::string file_address(route to, std::string_view path, std::string_view parameter) {
  switch (to) {
  case route::openapi:
    return std::string{openapi_address};
  case route::docs:
    return parameter.empty() ? std::string{docs_address} : std::string{docs_address}.append("/").append(parameter);
  default:
    if (path.ends_with('/'))
      path.remove_suffix(1);
    return std::string{parameter.empty() ? verify_address : path};
  }
}

} // namespace

void gateway::on_page(const incoming& in, route to, std::string_view parameter) {
  auto context = context_of(in, to);
  const auto* file = find_web_file(file_address(to, in.request.path, parameter));
  if (!file) {
    name_request(context, in.request);
    refuse(in, std::move(context), {error_code::not_found, "Route not found", {}, 0});
    return;
  }
  send_file(in, context, *file, file->path == service_worker ? service_worker_headers : page_headers);
}

/// Where the type of a problem leads: a page for browsers, which say that they take HTML, and text for others.
void gateway::on_error_page(const incoming& in, std::string_view slug) {
  auto context = context_of(in, route::error_docs);
  bool takes_html = in.request.accept.find("text/html") != in.request.accept.npos;
  const auto* file = find_web_file(std::string{error_docs_address}.append(slug).append(takes_html ? ".html" : ".txt"));
  if (!file) {
    name_request(context, in.request);
    refuse(in, std::move(context), {error_code::not_found, "No such error", {}, 0});
    return;
  }
  send_file(in, context, *file, error_page_headers);
}

void gateway::send_file(const incoming& in, const response_context& context, const web_file& file,
                        std::string_view headers) {
  std::string all{headers};
  bool compressed = in.request.accepts_gzip && !file.gzip.empty();
  if (compressed)
    all += "Content-Encoding: gzip\r\n";
  send_public(in, context, file.content_type, compressed ? file.gzip : file.bytes, file.etag, std::move(all));
}

/// Sends what anybody may have, or that the client has it already. `headers` are whole lines.
void gateway::send_public(const incoming& in, const response_context& context, std::string_view content_type,
                          std::string_view body, std::string_view etag, std::string headers) {
  headers.append("ETag: ").append(etag).append("\r\n");
  response_.clear();
  if (names_etag(in.request.if_none_match, etag))
    responder_.not_modified(response_, context, headers);
  else
    responder_.open_file(response_, context, content_type, body, headers);
  send(in.from, in.sequence, context);
}

} // namespace tessera
