#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// A JSON document that grows from its beginning to its end: RapidJSON's writer with the few calls that reports need. A
/// name is that of a member; without one it is an item of an array, or the whole document. What is not a number or not
/// known becomes null.
class json_text {
public:
  json_text& open(std::string_view name = {}) {
    key(name);
    out_.StartObject();
    return *this;
  }
  json_text& close() {
    out_.EndObject();
    return *this;
  }
  json_text& put(std::string_view name, std::string_view value) {
    key(name);
    out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }
  json_text& put(std::string_view name, const char* value) {
    return put(name, std::string_view{value});
  }
  json_text& put(std::string_view name, const std::string& value) {
    return put(name, std::string_view{value});
  }
  json_text& put(std::string_view name, bool value) {
    key(name);
    out_.Bool(value);
    return *this;
  }
  json_text& put(std::string_view name, std::uint64_t value) {
    key(name);
    out_.Uint64(value);
    return *this;
  }
  json_text& put(std::string_view name, double value) {
    if (!std::isfinite(value))
      return put_null(name);
    key(name);
    out_.Double(value);
    return *this;
  }
  template <class Value>
  json_text& put(std::string_view name, const std::optional<Value>& value) {
    return value ? put(name, *value) : put_null(name);
  }
  json_text& put_null(std::string_view name = {}) {
    key(name);
    out_.Null();
    return *this;
  }
  /// Puts a value that is JSON already.
  json_text& put_raw(std::string_view name, std::string_view value) {
    key(name);
    out_.RawValue(value.data(), value.size(), rapidjson::kObjectType);
    return *this;
  }
  json_text& list(std::string_view name = {}) {
    key(name);
    out_.StartArray();
    return *this;
  }
  json_text& end_list() {
    out_.EndArray();
    return *this;
  }
  json_text& item(std::string_view value) {
    return put({}, value);
  }
  std::string text() const {
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  void key(std::string_view name) {
    if (!name.empty())
      out_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> out_{buffer_};
};

} // namespace tessera
