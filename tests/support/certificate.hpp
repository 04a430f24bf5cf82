#pragma once

#include <filesystem>
#include <string>

namespace tessera::test {

enum class key_kind { ec, rsa };

/// A self-signed certificate of a CN, and its key, both in PEM.
struct certificate {
  std::string chain;
  std::string key;
};

/// Makes a certificate for localhost and 127.0.0.1 that is valid for a day. Throws std::runtime_error with OpenSSL's
/// reason.
certificate make_certificate(const std::string& name, key_kind kind = key_kind::ec);

/// Writes a file for its owner alone, in place of the one that may be there, in one step as a careful renewal does.
void write_private(const std::filesystem::path& file, const std::string& content);

} // namespace tessera::test
