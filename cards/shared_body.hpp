#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

class shared_body;
using body_ptr = boost::intrusive_ptr<const shared_body>;

/// An immutable finished response body with the packed fields it was made from, in one allocation. Caches and
/// responses in flight share it by reference count; any thread may read it and drop it.
///
/// `text` is the fixed beginning of a success envelope, from its opening brace up to and without the comma before
/// `timestamp`; the gateway adds what differs per request.
class shared_body {
public:
  /// Returns a new body. `packed` is what `text` was made from, compact (see cards/member_record.hpp); it is what L2
  /// and other nodes get. `etag` identifies the content of `data`. Each part holds up to 2^32 - 1 bytes.
  static body_ptr make(std::string_view text, std::string_view packed, std::uint64_t etag);

  std::string_view text() const noexcept {
    return {bytes(), text_size_};
  }
  std::string_view packed() const noexcept {
    return {bytes() + text_size_, packed_size_};
  }
  std::uint64_t etag() const noexcept {
    return etag_;
  }

  /// Returns the bytes of memory that this body takes from the allocator, its own bookkeeping included.
  std::size_t footprint() const noexcept {
    return footprint_;
  }

  shared_body(const shared_body&) = delete;
  shared_body& operator=(const shared_body&) = delete;

private:
  shared_body(std::string_view text, std::string_view packed, std::uint64_t etag, std::size_t footprint) noexcept;
  ~shared_body() = default;

  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this + 1);
  }

  friend void intrusive_ptr_add_ref(const shared_body* body) noexcept {
    body->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const shared_body* body) noexcept {
    if (body->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      destroy(body);
  }
  static void destroy(const shared_body* body) noexcept;

  mutable std::atomic<std::uint32_t> references_{0};
  std::uint32_t text_size_;
  std::uint32_t packed_size_;
  std::uint32_t footprint_;
  std::uint64_t etag_;
};

/// Two bodies are equal if their content is, wherever it lies.
inline bool operator==(const body_ptr& left, const body_ptr& right) noexcept {
  return left.get() == right.get()
         || (left && right && left->etag() == right->etag() && left->text() == right->text()
             && left->packed() == right->packed());
}

} // namespace tessera
