#pragma once

#include "cards/result.hpp"
#include "storage/redis_url.hpp"

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;
struct redisReply;

namespace tessera {

struct redis_reply_deleter {
  void operator()(redisReply* reply) const noexcept;
};
using redis_reply_ptr = std::unique_ptr<redisReply, redis_reply_deleter>;

/// Returns the first error among replies that else hold nothing that we want to know; none of them is a string.
status check_replies(std::span<const redis_reply_ptr> replies);

/// A blocking TCP connection to one Redis: commands are gathered and exchanged for their replies as one pipeline, under
/// one deadline. One thread, except `interrupt`. Whatever fails closes it, because nothing is known then of what the
/// server still has to say. hiredis connects and parses; sending and waiting are done here, so that the deadline holds
/// over any number of replies and a broken connection raises no SIGPIPE.
class redis_connection {
public:
  using clock = std::chrono::steady_clock;

  redis_connection() = default;
  ~redis_connection();
  redis_connection(const redis_connection&) = delete;
  redis_connection& operator=(const redis_connection&) = delete;

  bool is_open() const noexcept {
    return context_ != nullptr;
  }

  /// Connects anew, within `timeout` after the host name is resolved (an IP address needs no resolving).
  status open(const redis_address& where, std::chrono::milliseconds timeout);

  /// Connects likewise, then authenticates, selects the database and has the server answer `probe` once, all within
  /// `timeout`: the system accepts connections for a server that is frozen; and one that is loading, or does not allow
  /// us what we need, says so only when asked. An error answer is a failure.
  status log_in(const redis_address& where, std::chrono::milliseconds timeout,
                std::initializer_list<std::string_view> probe);

  /// Puts a command into the pipeline.
  void append(std::span<const std::string_view> words);
  void append(std::initializer_list<std::string_view> words) {
    append(std::span{words.begin(), words.size()});
  }

  /// Sends the pipeline and returns one reply per command, in order; error replies are replies.
  result<std::vector<redis_reply_ptr>> exchange(clock::time_point deadline);

  /// Drops the connection and what was appended.
  void close() noexcept;

  /// Makes an `exchange` in another thread fail now. Any thread.
  void interrupt() noexcept;

private:
  struct context_deleter {
    void operator()(redisContext* context) const noexcept;
  };

  status send_all(clock::time_point deadline);
  status receive_some(clock::time_point deadline);
  failure fail(int hiredis_error, int system_error);

  std::unique_ptr<redisContext, context_deleter> context_;
  std::string unsent_;
  std::size_t expected_ = 0;
  std::mutex descriptor_mutex_; ///< so that `interrupt` never meets a descriptor that is closed, or another's by then
  int descriptor_ = -1;
};

} // namespace tessera
