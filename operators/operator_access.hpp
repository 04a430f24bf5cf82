#pragma once

#include "cards/errors.hpp"
#include "guard/client_naming.hpp"
#include "guard/failed_attempts.hpp"
#include "guard/key_ring_slot.hpp"
#include "operators/operator_token.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// Who asks the operator plane, as far as they can show it.
struct operator_caller {
  error_code refused = error_code::none; ///< authentication, authorization or rate_limited: may not operate
  std::string name; ///< "key:ID" or "token", also of a key that may not operate; empty: nobody known
  std::string why;  ///< one sentence, if refused
  std::chrono::seconds retry_after{0};
  bool presented = false; ///< credentials, right or wrong
};

/// Tells who may operate a node: an API key with the scope operate, or the token of this start. Without one of them
/// nobody may, wherever they come from. Wrong credentials are logged, and who presents them again and again has to
/// wait. Any thread.
class operator_access {
public:
  /// @param token may be null: there is none
  operator_access(std::shared_ptr<const key_ring_slot> keys, std::shared_ptr<const operator_token> token);

  /// @param authorization the values of a request's `Authorization` lines
  /// @param address of the other end of the connection
  operator_caller judge(std::span<const std::string_view> authorization, const std::string& address);

private:
  operator_caller look(std::span<const std::string_view> authorization) const;

  std::shared_ptr<const key_ring_slot> keys_;
  std::shared_ptr<const operator_token> token_;
  client_naming naming_;
  std::mutex mutex_;
  failed_attempts failures_;
};

} // namespace tessera
