#pragma once

#include "gateway/session.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace tessera::test {

/// A session on one end of a socket pair, and the client's end.
struct session_fixture : session_owner {
  session_fixture() {
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    client = ends[0];
    limits.head = {1'000, 200};
    limits.body_bytes = 500;
    limits.unwritten_bytes = 4'000;
    sut = std::make_unique<session>(*this, limits, ends[1], 1);
  }
  ~session_fixture() override {
    sut.reset();
    ::close(client);
  }

  void on_request(session&, std::uint32_t sequence, const http_request& request) override {
    paths.emplace_back(request.path);
    bodies.emplace_back(request.body);
    sequences.push_back(sequence);
    if (answer_at_once)
      sut->respond(sequence, "[" + std::string{request.path} + "]", !request.keep_alive);
  }
  void on_fault(session&, std::uint32_t sequence, read_fault fault, std::string_view) override {
    faults.push_back(fault);
    sut->respond(sequence, "[fault]", true);
  }
  void on_interest(session&, std::uint32_t events) override {
    interest = events;
  }
  void on_output(session&) override {
    output = true;
  }

  void write(std::string_view bytes) {
    BOOST_REQUIRE(::send(client, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  bool readable() {
    return sut->on_readable(scratch);
  }
  bool give(std::string_view bytes) {
    write(bytes);
    return readable();
  }
  std::string received() {
    char buffer[65536];
    auto size = ::recv(client, buffer, sizeof buffer, 0);
    return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string{};
  }

  session_limits limits;
  std::unique_ptr<session> sut;
  int client;
  bool answer_at_once = true;
  std::vector<std::string> paths;
  std::vector<std::string> bodies;
  std::vector<std::uint32_t> sequences;
  std::vector<read_fault> faults;
  std::uint32_t interest = EPOLLIN;
  bool output = false;
  std::array<char, 4096> scratch;
};

inline std::string get(const std::string& path, const std::string& more = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

} // namespace tessera::test
