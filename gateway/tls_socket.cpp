#include "gateway/tls_socket.hpp"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace tessera {

namespace {

tls_socket& socket_of(BIO* bio) noexcept {
  return *static_cast<tls_socket*>(::BIO_get_data(bio));
}

bool would_block() noexcept {
  return errno == EAGAIN || errno == EINTR;
}

int read_socket(BIO* bio, char* to, int size) noexcept {
  auto& socket = socket_of(bio);
  BIO_clear_retry_flags(bio);
  if (!std::exchange(socket.may_read, false)) {
    BIO_set_retry_read(bio); // what is there is reported by the level-triggered set
    return -1;
  }
  auto got = ::recv(socket.fd, to, static_cast<std::size_t>(size), 0);
  if (got < 0 && would_block())
    BIO_set_retry_read(bio);
  socket.at_end = got == 0;
  return static_cast<int>(got);
}

int write_socket(BIO* bio, const char* from, int size) noexcept {
  BIO_clear_retry_flags(bio);
  auto put = ::send(socket_of(bio).fd, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (put < 0 && would_block())
    BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

long control(BIO* bio, int command, long, void*) noexcept {
  switch (command) {
  case BIO_CTRL_FLUSH:
    return 1;
  case BIO_CTRL_EOF:
    return socket_of(bio).at_end ? 1 : 0;
  default:
    return 0;
  }
}

/// Returns how OpenSSL calls the functions above; null if memory is short.
const BIO_METHOD* method() noexcept {
  static const auto made = [] {
    std::unique_ptr<BIO_METHOD, decltype(&::BIO_meth_free)> out{
        ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tessera socket"), ::BIO_meth_free};
    if (out) {
      ::BIO_meth_set_read(out.get(), read_socket);
      ::BIO_meth_set_write(out.get(), write_socket);
      ::BIO_meth_set_ctrl(out.get(), control);
    }
    return out;
  }();
  return made.get();
}

} // namespace

bio_st* tls_socket::make_bio() noexcept {
  auto* bio = method() ? ::BIO_new(method()) : nullptr;
  if (bio) {
    ::BIO_set_data(bio, this);
    ::BIO_set_init(bio, 1);
  }
  return bio;
}

} // namespace tessera
