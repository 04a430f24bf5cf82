#pragma once

#include "storage/import/import_header.hpp"
#include "storage/import/import_run.hpp"

#include <string>

namespace tessera {

/// Returns what the columns of a file are taken for, in lines for people.
std::string columns_text(const import_header& header);

/// Returns "12 rows: 9 new, 1 changed, 1 unchanged, 1 rejected".
std::string counts_text(const import_counts& counts);

/// Returns what there is to be said of an import besides the counts, in lines: zeros put back, places, and which rows
/// were rejected and why. Holds nothing personal.
std::string remarks_text(const import_report& report, bool dry_run);

} // namespace tessera
