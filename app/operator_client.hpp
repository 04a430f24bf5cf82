#pragma once

#include "cards/result.hpp"

#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace tessera {

/// Where a node's operator plane is, and by what it knows us.
struct operator_client {
  std::string url = "http://127.0.0.1:9090";
  std::filesystem::path token_file = "var/operator.token";

  /// Adds the flags for both.
  void add_to(CLI::App& app);

  struct answer {
    int status = 0;
    std::string body;
    std::string retry_after;
  };

  /// The error is one sentence. Credentials are the API key in the environment variable TESSERA_KEY, else the token in
  /// the file, else, for `get` alone, none.
  result<answer> get(const std::string& path) const;
  result<answer> post(const std::string& path, const std::string& json) const;

private:
  result<std::string> credentials() const;
  result<answer> send(const std::string& method, const std::string& path, const std::string& json,
                      const std::string& credentials) const;
};

} // namespace tessera
