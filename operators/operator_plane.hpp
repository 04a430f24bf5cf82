#pragma once

#include "actors/stats_desk.hpp"
#include "cards/result.hpp"
#include "config/settings.hpp"
#include "gateway/node_status.hpp"
#include "operators/node_control.hpp"
#include "operators/operator_access.hpp"
#include "web/web_files.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace tessera {

/// What an operator plane is made from. What is given by reference must outlive it.
struct operator_context {
  operator_settings settings;
  bool needs_key = false; ///< it listens beyond this machine
  std::shared_ptr<const stats_desk> desk;
  std::shared_ptr<operator_access> access; ///< never null
  std::filesystem::path token_file;        ///< for people to find
  node_control& control;
  const node_status& status;
  const node_metrics& metrics;
  std::span<const web_file> files{}; ///< the dashboard's: "/" is its page
};

/// Answers operators over HTTP, on threads of its own, whatever the gateways have to do: statistics, metrics, health,
/// the dashboard; and does what they order. cpp-httplib gives a thread to a connection, so each connection has one
/// request and little time for it. Reads snapshots and never touches an actor; a document is written once for all who
/// ask within a second.
class operator_plane {
public:
  /// Binds the address. The error is one sentence.
  static result<std::unique_ptr<operator_plane>> open(operator_context context);
  ~operator_plane();
  operator_plane(const operator_plane&) = delete;
  operator_plane& operator=(const operator_plane&) = delete;

  std::uint16_t port() const noexcept;

  /// Answers from now on.
  void start();

  /// Answers what it has begun to, and no more.
  void stop();

private:
  struct implementation;
  explicit operator_plane(std::unique_ptr<implementation> self);
  std::unique_ptr<implementation> self_;
};

} // namespace tessera
