#include "gateway/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace tessera {

namespace {

/// What a client gets that speaks plain HTTP here, so that a person sees what is wrong.
constexpr std::string_view plain_answer = "HTTP/1.1 400 Bad Request\r\n"
                                          "Content-Type: text/plain; charset=utf-8\r\n"
                                          "Connection: close\r\n"
                                          "\r\n"
                                          "Here HTTPS is spoken, not HTTP: use https:// for this address.\n";

ssize_t fail(int why) noexcept {
  errno = why;
  return -1;
}

} // namespace

void tls_stream::freer::operator()(ssl_st* ssl) const noexcept {
  ::SSL_free(ssl);
}

tls_stream::tls_stream(handle ssl, int fd) noexcept
    : socket_{fd}, ssl_(std::move(ssl)), read_events_(EPOLLIN), write_events_(EPOLLOUT) {
}

std::unique_ptr<tls_stream> tls_stream::accept(handle ssl, int fd) {
  std::unique_ptr<tls_stream> made{new tls_stream{std::move(ssl), fd}};
  auto* bio = made->socket_.make_bio();
  if (!bio)
    return nullptr;
  auto* raw = made->ssl_.get();
  ::SSL_set_bio(raw, bio, bio); // which takes it over
  ::SSL_set_msg_callback(raw, on_record);
  ::SSL_set_msg_callback_arg(raw, made.get());
  ::SSL_set_accept_state(raw);
  return made;
}

/// Counts records of handshakes. Their kind stands in the record's head, but from TLS 1.3 on within the record.
void tls_stream::on_record(int written, int, int kind, const void* bytes, std::size_t size, ssl_st* ssl,
                           void* stream) noexcept {
  auto& to = *static_cast<tls_stream*>(stream);
  bool tells = kind == SSL3_RT_HEADER || kind == SSL3_RT_INNER_CONTENT_TYPE;
  bool counts = tells && written == 0 && to.established_ && size > 0
                && *static_cast<const unsigned char*>(bytes) == SSL3_RT_HANDSHAKE;
  if (counts && ++to.handshake_records_ > most_handshake_records)
    ::SSL_set_shutdown(ssl, SSL_RECEIVED_SHUTDOWN); // so that it reads no further, not even what it has
}

ssize_t tls_stream::read(std::span<char> to) noexcept {
  if (lost_)
    return fail(ECONNABORTED);
  std::size_t had = 0;
  read_events_ = EPOLLIN;
  socket_.may_read = true;
  // One call gives at most one record. OpenSSL reads ahead: further records may lie in its buffer, and a socket that
  // was emptied into it reports nothing any more.
  do {
    ::ERR_clear_error();
    std::size_t got = 0;
    auto result = ::SSL_read_ex(ssl_.get(), to.data() + had, to.size() - had, &got);
    established_ = established_ || ::SSL_is_init_finished(ssl_.get());
    if (result <= 0) {
      auto outcome = settle(result, read_events_);
      if (had == 0)
        return outcome;
      if (outcome == 0 || lost_)
        read_events_ = EPOLLIN | EPOLLOUT; // to be told by the next call
      return static_cast<ssize_t>(had);
    }
    had += got;
  } while (had < to.size() && ::SSL_has_pending(ssl_.get()));
  if (::SSL_has_pending(ssl_.get()))
    read_events_ = EPOLLIN | EPOLLOUT;
  return static_cast<ssize_t>(had);
}

ssize_t tls_stream::write(std::string_view from) noexcept {
  if (lost_)
    return fail(EPIPE);
  write_events_ = EPOLLOUT;
  socket_.may_read = true;
  ::ERR_clear_error();
  std::size_t put = 0;
  auto result = ::SSL_write_ex(ssl_.get(), from.data(), from.size(), &put);
  if (result > 0)
    return static_cast<ssize_t>(put);
  return settle(result, write_events_) == 0 ? fail(EPIPE) : -1;
}

bool tls_stream::shut_down() noexcept {
  if (!established_ || lost_ || ended_)
    return true;
  write_events_ = EPOLLOUT;
  ::ERR_clear_error();
  auto result = ::SSL_shutdown(ssl_.get());
  ended_ = result >= 0 || settle(result, write_events_) == 0 || errno != EAGAIN;
  return ended_;
}

/// Says in the terms of recv why a call of OpenSSL's has not succeeded, and for which event it waits.
ssize_t tls_stream::settle(int result, std::uint32_t& events) noexcept {
  switch (::SSL_get_error(ssl_.get(), result)) {
  case SSL_ERROR_WANT_READ:
    events = EPOLLIN;
    return fail(EAGAIN);
  case SSL_ERROR_WANT_WRITE:
    events = EPOLLOUT;
    return fail(EAGAIN);
  case SSL_ERROR_ZERO_RETURN:
    return 0;
  default:
    if (!established_ && ERR_GET_REASON(::ERR_peek_error()) == SSL_R_HTTP_REQUEST)
      answer_plain_http();
    lost_ = true;
    return fail(ECONNABORTED);
  }
}

void tls_stream::answer_plain_http() noexcept {
  ::send(socket_.fd, plain_answer.data(), plain_answer.size(), MSG_NOSIGNAL);
}

} // namespace tessera
