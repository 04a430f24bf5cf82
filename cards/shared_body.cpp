#include "cards/shared_body.hpp"

#include <malloc.h>

#include <algorithm>
#include <new>

namespace tessera {

namespace {

// glibc puts one word before every block (malloc.c, "chunk").
constexpr std::size_t allocator_overhead = sizeof(std::size_t);

} // namespace

shared_body::shared_body(std::string_view text, std::string_view packed, std::uint64_t etag,
                         std::size_t footprint) noexcept
    : text_size_(static_cast<std::uint32_t>(text.size())), packed_size_(static_cast<std::uint32_t>(packed.size())),
      footprint_(static_cast<std::uint32_t>(footprint)), etag_(etag) {
  auto* out = reinterpret_cast<char*>(this + 1);
  out = std::copy(text.begin(), text.end(), out);
  std::copy(packed.begin(), packed.end(), out);
}

body_ptr shared_body::make(std::string_view text, std::string_view packed, std::uint64_t etag) {
  auto* memory = ::operator new(sizeof(shared_body) + text.size() + packed.size());
  auto footprint = ::malloc_usable_size(memory) + allocator_overhead;
  return body_ptr{new (memory) shared_body(text, packed, etag, footprint)};
}

void shared_body::destroy(const shared_body* body) noexcept {
  body->~shared_body();
  ::operator delete(const_cast<shared_body*>(body));
}

} // namespace tessera
