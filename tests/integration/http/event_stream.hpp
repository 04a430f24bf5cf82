#pragma once

#include "tests/support/raw_connection.hpp"

#include <optional>
#include <string>

namespace tessera::test {

/// A server-sent event (HTML, section 9.2), or what else stands between two empty lines.
struct server_event {
  std::string name; ///< "" if it has none, as a comment has
  std::string id;
  std::string data;
  std::string retry;
  std::string comment;
};

/// Reads an event stream as it comes over a connection, in chunks or not, as a browser does. Throws like a
/// raw_connection, and std::runtime_error for what is no chunk.
class event_stream {
public:
  /// Reads the head of the answer.
  explicit event_stream(raw_connection& from);

  /// Its body is empty.
  const raw_response& head() const noexcept {
    return head_;
  }

  /// Waits for the next event and returns it; nothing at the end of the answer.
  std::optional<server_event> next();

  /// Returns the next event that has a name; nothing at the end.
  std::optional<server_event> next_named();

private:
  bool read_more();
  void decode();

  raw_connection& from_;
  raw_response head_;
  std::string received_; ///< but not decoded yet
  std::string text_;     ///< decoded, but not returned yet
  bool chunked_ = false;
  std::optional<std::size_t> left_; ///< of a body of known length
  bool ended_ = false;
};

} // namespace tessera::test
