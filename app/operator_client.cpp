#include "app/operator_client.hpp"

#include "config/small_file.hpp"

#include <CLI/App.hpp>
#include <httplib.h>

#include <cstdlib>
#include <utility>

namespace tessera {

namespace {

/// Longer than any action takes.
constexpr time_t answer_timeout_s = 20;
constexpr time_t connect_timeout_s = 5;

} // namespace

void operator_client::add_to(CLI::App& app) {
  app.add_option("--operator", url, "where the node's operators connect [" + url + "]")->type_name("URL");
  app.add_option("--token-file", token_file,
                 "file with the token that the node wrote at its start [" + token_file.string()
                     + "]; an API key in the environment variable TESSERA_KEY goes over it")
      ->type_name("FILE");
}

result<std::string> operator_client::credentials() const {
  if (const char* key = std::getenv("TESSERA_KEY"); key && *key)
    return std::string{key};
  auto content = read_small_file(token_file, "the operators' token file", file_privacy::owner_only);
  if (!content)
    return content.error();
  if (!*content)
    return failure{error_code::not_found, "There is no file " + token_file.string()
                                              + " with the node's token: name it with --token-file, or set TESSERA_KEY "
                                                "to an API key with the scope operate"};
  auto text = std::move(**content);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.pop_back();
  return text;
}

result<operator_client::answer> operator_client::get(const std::string& path) const {
  auto known_by = credentials();
  return send("GET", path, {}, known_by ? *known_by : std::string{});
}

result<operator_client::answer> operator_client::post(const std::string& path, const std::string& json) const {
  auto known_by = credentials();
  if (!known_by)
    return known_by.error();
  return send("POST", path, json, *known_by);
}

result<operator_client::answer> operator_client::send(const std::string& method, const std::string& path,
                                                      const std::string& json, const std::string& credentials) const {
  httplib::Client client{url};
  if (!client.is_valid())
    return failure{error_code::validation, "--operator must be a URL such as http://127.0.0.1:9090"};
  client.set_connection_timeout(connect_timeout_s);
  client.set_read_timeout(answer_timeout_s);
  httplib::Request request;
  request.method = method;
  request.path = path;
  if (!credentials.empty())
    request.set_header("Authorization", "Bearer " + credentials);
  if (method == "POST") {
    request.set_header("Content-Type", "application/json");
    request.body = json;
  }
  auto response = client.send(request);
  if (!response)
    return failure{error_code::cache_unavailable,
                   "The node does not answer at " + url + " (" + httplib::to_string(response.error()) + ")"};
  return answer{response->status, response->body, response->get_header_value("Retry-After")};
}

} // namespace tessera
