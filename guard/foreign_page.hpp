#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// Returns whether a request from this machine may be one that a page of another site has made in a browser here, which
/// must not count as this machine's own:
/// - its Host is a name other than localhost: the page has got its name to mean this machine (DNS rebinding), or
/// - its Origin is neither this machine nor one of `allowed` ("*": any).
/// Empty values are absent headers, which no browser leaves out where they matter here. Pure.
bool may_be_a_foreign_page(std::string_view host, std::string_view origin,
                           std::span<const std::string> allowed) noexcept;

} // namespace tessera
