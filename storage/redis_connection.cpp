#include "storage/redis_connection.hpp"

#include "storage/redis_errors.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <new>
#include <poll.h>
#include <sys/socket.h>

namespace tessera {

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;

// This thread may have been kept from running while the answer arrived: then it is taken, not thrown away.
constexpr std::chrono::milliseconds grace{20};

/// No answer to a command of ours comes near it. hiredis makes room for as many elements as an answer announces, and
/// walks through all of it to drop it: that is seconds and 16 GB of address space for "*2147483647".
constexpr std::size_t max_elements = 64 * 1024;

/// Lets this reader refuse answers with more elements than that, as if there were no memory for them.
void limit_elements(redisReader& reader) {
  static const auto unlimited = *reader.fn;
  static const auto limited = [] {
    auto functions = unlimited;
    functions.createArray = [](const redisReadTask* task, auto elements) -> void* {
      return static_cast<std::size_t>(elements) <= max_elements ? unlimited.createArray(task, elements) : nullptr;
    };
    return functions;
  }();
  reader.fn = const_cast<redisReplyObjectFunctions*>(&limited); // it only calls them
}

/// Waits until the socket is ready or the deadline has passed; returns 0 or an errno.
int wait_for(int descriptor, short events, redis_connection::clock::time_point deadline) {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - redis_connection::clock::now()).count();
    pollfd what{descriptor, events, 0};
    auto ready = ::poll(&what, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000)));
    if (ready < 0 && errno != EINTR)
      return errno;
    // What is there already counts until just after the deadline; a peer that trickles does not prolong it.
    if (ready > 0 && left > -grace.count())
      return 0;
    if (left <= 0)
      return ETIMEDOUT;
  }
}

} // namespace

void redis_reply_deleter::operator()(redisReply* reply) const noexcept {
  ::freeReplyObject(reply);
}

void redis_connection::context_deleter::operator()(redisContext* context) const noexcept {
  ::redisFree(context);
}

status check_replies(std::span<const redis_reply_ptr> replies) {
  for (const auto& reply : replies) {
    if (reply->type == REDIS_REPLY_ERROR)
      return redis_failure({reply->str, reply->len});
    if (reply->type == REDIS_REPLY_STRING)
      return redis_unexpected_reply();
  }
  return ok();
}

redis_connection::~redis_connection() {
  close();
}

status redis_connection::open(const redis_address& where, std::chrono::milliseconds timeout) {
  close();
  timeval limit{};
  limit.tv_sec = timeout.count() / 1000;
  limit.tv_usec = timeout.count() % 1000 * 1000;
  errno = 0;
  std::unique_ptr<redisContext, context_deleter> made{::redisConnectWithTimeout(where.host.c_str(), where.port, limit)};
  if (!made)
    return redis_failure(REDIS_ERR_OOM, 0);
  if (made->err != 0)
    return redis_failure(made->err, errno);
  // hiredis sets TCP_NODELAY itself. Keepalive finds a peer that vanished while nobody asked it anything.
  if (::redisEnableKeepAlive(made.get()) != REDIS_OK)
    return redis_failure(REDIS_ERR_IO, errno);
  ::fcntl(made->fd, F_SETFD, FD_CLOEXEC);
  limit_elements(*made->reader);
  context_ = std::move(made);
  std::lock_guard guard{descriptor_mutex_};
  descriptor_ = context_->fd;
  return ok();
}

status redis_connection::log_in(const redis_address& where, std::chrono::milliseconds timeout,
                                std::initializer_list<std::string_view> probe) {
  auto deadline = clock::now() + timeout;
  if (auto opened = open(where, timeout); !opened)
    return opened;
  if (!where.user.empty())
    append({"AUTH", where.user, where.password});
  else if (!where.password.empty())
    append({"AUTH", where.password});
  if (where.database != 0)
    append({"SELECT", std::to_string(where.database)});
  append(probe);
  auto replies = exchange(std::max(deadline, clock::now() + std::chrono::milliseconds{1}));
  if (!replies)
    return replies.error();
  auto checked = check_replies(*replies);
  if (!checked)
    close();
  return checked;
}

void redis_connection::append(std::span<const std::string_view> words) {
  // RESP: an array of bulk strings (redis.io, "Redis serialization protocol").
  unsent_.append("*").append(std::to_string(words.size())).append("\r\n");
  for (auto word : words) {
    unsent_.append("$").append(std::to_string(word.size())).append("\r\n");
    unsent_.append(word).append("\r\n");
  }
  ++expected_;
}

result<std::vector<redis_reply_ptr>> redis_connection::exchange(clock::time_point deadline) {
  if (!is_open()) {
    close();
    return failure{error_code::cache_unavailable, "not connected to Redis"};
  }
  std::vector<redis_reply_ptr> replies;
  replies.reserve(expected_);
  if (auto sent = send_all(deadline); !sent)
    return sent.error();
  while (replies.size() < expected_) {
    void* reply = nullptr;
    if (::redisReaderGetReply(context_->reader, &reply) != REDIS_OK)
      return fail(context_->reader->err, 0);
    if (reply != nullptr) {
      replies.emplace_back(static_cast<redisReply*>(reply));
      continue;
    }
    if (auto received = receive_some(deadline); !received)
      return received.error();
  }
  unsent_.clear();
  expected_ = 0;
  return replies;
}

status redis_connection::send_all(clock::time_point deadline) {
  std::string_view rest = unsent_;
  while (!rest.empty()) {
    auto sent = ::send(context_->fd, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      return fail(REDIS_ERR_IO, errno);
    if (auto fault = wait_for(context_->fd, POLLOUT, deadline); fault != 0)
      return fail(REDIS_ERR_IO, fault);
  }
  return ok();
}

status redis_connection::receive_some(clock::time_point deadline) {
  if (auto fault = wait_for(context_->fd, POLLIN, deadline); fault != 0)
    return fail(REDIS_ERR_IO, fault);
  char bytes[receive_bytes];
  auto got = ::recv(context_->fd, bytes, sizeof bytes, MSG_DONTWAIT);
  if (got == 0)
    return fail(REDIS_ERR_EOF, 0);
  if (got < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? ok() : status{fail(REDIS_ERR_IO, errno)};
  if (::redisReaderFeed(context_->reader, bytes, static_cast<std::size_t>(got)) != REDIS_OK)
    return fail(context_->reader->err, 0);
  return ok();
}

failure redis_connection::fail(int hiredis_error, int system_error) {
  close();
  return redis_failure(hiredis_error, system_error);
}

void redis_connection::close() noexcept {
  unsent_.clear();
  expected_ = 0;
  std::lock_guard guard{descriptor_mutex_};
  descriptor_ = -1;
  context_.reset();
}

void redis_connection::interrupt() noexcept {
  std::lock_guard guard{descriptor_mutex_};
  if (descriptor_ >= 0)
    ::shutdown(descriptor_, SHUT_RDWR);
}

} // namespace tessera
