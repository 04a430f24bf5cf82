#pragma once

#include "operators/action_input.hpp"
#include "operators/node_control.hpp"
#include "operators/operator_access.hpp"

#include <httplib.h>

#include <atomic>
#include <filesystem>

namespace tessera {

/// Returns who sends a request to the operator plane.
operator_caller caller_of(const httplib::Request& request, operator_access& access);

/// What operators may do over HTTP: POST /actions/NAME. Any thread.
class operator_actions {
public:
  /// Both must outlive it.
  operator_actions(node_control& control, operator_access& access) noexcept : control_(control), access_(access) {
  }

  /// Returns whether a POST may go on, before its body is read; refuses it if not.
  bool admits(const httplib::Request& request, httplib::Response& response);

  /// Carries out what was admitted.
  void act(const httplib::Request& request, httplib::Response& response);

  /// Tells a page whether its person may act: GET /session.
  void describe_session(const httplib::Request& request, httplib::Response& response,
                        const std::filesystem::path& token_file);

private:
  node_control& control_;
  operator_access& access_;
  std::atomic<int> under_way_{0};
};

} // namespace tessera
