#pragma once

#include "cards/errors.hpp"
#include "cards/member.hpp"
#include "gateway/http/http_errors.hpp"

#include <httplib.h>

#include <string_view>

/// How the operator plane refuses, by problems (RFC 9457) as the public API does, without that one's envelope.
namespace tessera {

inline constexpr const char* plane_json_type = "application/json; charset=utf-8";

void refuse(httplib::Response& response, int status, std::string_view title, std::string_view detail,
            std::string_view type = "about:blank");

/// @param detail empty: the one that goes with the code
void refuse(httplib::Response& response, error_code code, std::string_view detail);

/// Also names the inputs that are wrong, and says when to ask again.
void refuse(httplib::Response& response, const problem& what);

} // namespace tessera
