#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

/// How hard to compress. What is made for each card must be quick; what is made once may take its time.
enum class deflate_effort : int { quick = 1, thorough = 12 };

/// Returns `data` as a zlib stream (RFC 1950), as PDF's FlateDecode and PNG have them. Any thread.
std::string zlib_compress(std::string_view data, deflate_effort effort);

/// Returns `data` as blocks of DEFLATE (RFC 1951) that end on a byte and none of which is the last, compressed as well
/// as can be: the part of a stream that others may follow.
std::string deflate_blocks(std::string_view data);

/// Returns a zlib stream that holds `front`, not compressed; `middle`, of which `packed_middle` are the blocks; and
/// `rest`, compressed quickly. REQUIRES: `front` has at most 65,535 bytes.
std::string zlib_join(std::string_view front, std::string_view middle, std::string_view packed_middle,
                      std::string_view rest);

/// Returns the CRC-32 of `data` (ISO 3309), as PNG has it.
std::uint32_t crc32(std::string_view data) noexcept;

} // namespace tessera
