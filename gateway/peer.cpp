#include "gateway/peer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

namespace tessera {

namespace {

std::uint64_t word_at(const char* bytes) noexcept {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Looks at all bytes wherever the first difference is, because different clients of a proxy may share a connection,
/// and none shall measure its way to another's key.
bool same(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size())
    return false;
  std::uint64_t difference = 0;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= left.size(); at += sizeof(std::uint64_t))
    difference |= word_at(left.data() + at) ^ word_at(right.data() + at);
  for (; at < left.size(); ++at)
    difference |= static_cast<unsigned char>(left[at] ^ right[at]);
  return difference == 0;
}

} // namespace

credentials presented_key::read(std::string_view line) {
  if (!line.empty() && same(line, {line_.data(), size_}))
    return what_;
  auto what = read_authorization({&line, 1});
  if (what.what == credentials::kind::key && line.size() <= most_remembered) {
    line.copy(line_.data(), line.size());
    size_ = line.size();
    what_ = what;
  }
  return what;
}

client_key presented_key::name_of(const key_id& id, const client_naming& naming) {
  if (named_ != id) {
    name_ = naming.of_api_key(id.text());
    named_ = id;
  }
  return name_;
}

ip_address address_of(const sockaddr_storage& from) noexcept {
  if (from.ss_family == AF_INET) {
    ip_address::v4_bytes bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(from).sin_addr, bytes.size());
    return ip_address{bytes};
  }
  if (from.ss_family == AF_INET6) {
    ip_address::v6_bytes bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, bytes.size());
    return ip_address{bytes};
  }
  return {};
}

} // namespace tessera
