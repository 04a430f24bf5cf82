#include "tests/integration/http/http_client.hpp"

#include <rapidjson/pointer.h>

#include <stdexcept>

namespace tessera::test {

std::string request(std::string_view method, std::string_view path, std::string_view headers) {
  std::string out{method};
  out.append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers).append("\r\n");
  return out;
}

std::string json_request(std::string_view method, std::string_view path, std::string_view body,
                         std::string_view headers) {
  auto length = std::to_string(body.size());
  return request(method, path,
                 "Content-Type: application/json\r\nContent-Length: " + length + "\r\n" + std::string{headers})
      .append(body);
}

raw_response ask(std::uint16_t port, std::string_view bytes) {
  raw_connection connection{port};
  connection.send(bytes);
  return connection.read_response(bytes.starts_with("HEAD ") ? raw_connection::request_kind::head
                                                             : raw_connection::request_kind::ordinary);
}

raw_response get(std::uint16_t port, std::string_view path, std::string_view headers) {
  return ask(port, request("GET", path, headers));
}

json_document::json_document(const std::string& text) {
  document_.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (document_.HasParseError())
    throw std::runtime_error("not JSON: " + text);
}

const rapidjson::Value& json_document::at(const char* pointer) const {
  const auto* found = rapidjson::Pointer{pointer}.Get(document_);
  if (!found)
    throw std::runtime_error(std::string{"no such member: "} + pointer);
  return *found;
}

bool json_document::has(const char* pointer) const {
  return rapidjson::Pointer{pointer}.Get(document_) != nullptr;
}

std::string json_document::text(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsString())
    throw std::runtime_error(std::string{"not a text: "} + pointer);
  return {value.GetString(), value.GetStringLength()};
}

double json_document::number(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsNumber())
    throw std::runtime_error(std::string{"not a number: "} + pointer);
  return value.GetDouble();
}

std::uint64_t json_document::whole(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsUint64())
    throw std::runtime_error(std::string{"not a whole number: "} + pointer);
  return value.GetUint64();
}

bool json_document::truth(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsBool())
    throw std::runtime_error(std::string{"neither true nor false: "} + pointer);
  return value.GetBool();
}

std::vector<std::string> json_document::names(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsObject())
    throw std::runtime_error(std::string{"not an object: "} + pointer);
  std::vector<std::string> out;
  for (const auto& member : value.GetObject())
    out.emplace_back(member.name.GetString(), member.name.GetStringLength());
  return out;
}

std::vector<std::string> json_document::texts(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsArray())
    throw std::runtime_error(std::string{"not an array: "} + pointer);
  std::vector<std::string> out;
  for (const auto& item : value.GetArray())
    out.emplace_back(item.GetString(), item.GetStringLength());
  return out;
}

std::string header(const raw_response& answer, std::string_view name) {
  return answer.header(name).value_or("");
}

std::string came_from(const raw_response& answer) {
  return header(answer, "X-Cache") + " " + header(answer, "X-Cache-Layer");
}

bool is_timestamp(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00.000Z";
  if (text.size() != shape.size())
    return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
      return false;
  return true;
}

json_document stats(std::uint16_t port) {
  return json_document{get(port, stats_path)};
}

} // namespace tessera::test
