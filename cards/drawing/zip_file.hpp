#pragma once

#include "cards/member.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

/// Writes a ZIP file (APPNOTE.TXT 6.3.10, PKWARE) whose entries are stored as they are: what is put in is compressed
/// already. Each entry has the same time, so the same entries give the same bytes. Below 4 GiB and 65,535 entries, as
/// there is no ZIP64.
class zip_file {
public:
  /// `time` (UTC) is rounded down to two seconds, and moved to the nearest from 1980 to 2107: that is all ZIP knows.
  explicit zip_file(utc_time time);

  /// Adds an entry. REQUIRES: no other has this name, which is UTF-8 and relative.
  void add(std::string_view name, std::string_view content);

  /// Returns the file.
  std::string finish() &&;

private:
  std::string out_;
  std::string directory_;
  std::uint32_t time_ = 0; ///< as MS-DOS has it: the date above the time of day
  std::uint16_t entries_ = 0;
};

} // namespace tessera
