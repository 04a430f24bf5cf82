#include "gateway/http/json_input.hpp"
#include "gateway/http/responder.hpp"
#include "gateway/http/router.hpp"
#include "gateway/session.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>

/// The request path: a session on a socket reads what a client sends, in pieces of any size, and answers what is a
/// request the way the gateway does. The first byte says how long the pieces are and whether the client finishes.
namespace {

using namespace tessera;
using fuzz::require;

constexpr std::string_view end_of_head = "\r\n\r\n";

class owner : public session_owner {
public:
  owner() : responder_({"https://portal.example"}, 1) {
    responder_.set_time(utc_time{std::chrono::milliseconds{1'800'000'000'000}});
  }

  void on_request(session& from, std::uint32_t sequence, const http_request& request) override {
    require(from.in_flight() <= session::most_pipelined, "no more in flight than are pipelined");
    require(request.body.size() <= most_body, "bodies are bounded");
    auto match = find_route(request.path);
    auto context = responder_.context_of(request, match.to);
    context.rare_or_new().path = masked_path(request.path);
    parse_lookup_body(request.body);
    parse_clear_body(request.body);
    auto warm = parse_warm_body(request.body);
    std::string out;
    if (auto* fault = std::get_if<problem>(&warm))
      responder_.fail(out, context, *fault);
    else
      responder_.cached(out, context, "{", 1, {"HIT", "L1", 0, 1, 0, {}});
    check_and_answer(from, sequence, out, !context.keep_alive);
  }

  void on_fault(session& from, std::uint32_t sequence, read_fault, std::string_view detail) override {
    response_context context;
    context.keep_alive = false;
    problem what;
    what.code = error_code::validation;
    what.message = detail;
    std::string out;
    responder_.fail(out, context, what);
    check_and_answer(from, sequence, out, true);
  }

  void on_interest(session&, std::uint32_t) override {
  }
  void on_output(session&) override {
    output = true;
  }

  static constexpr std::size_t most_body = 2'000;
  bool output = false;

private:
  /// What a client sent must not end the head early or add lines to it.
  void check_and_answer(session& to, std::uint32_t sequence, const std::string& out, bool last) {
    require(out.starts_with("HTTP/1.1 "), "an answer begins with its status line");
    auto head = out.substr(0, out.find(end_of_head) + 2);
    for (std::size_t at = head.find('\n'); at != head.npos; at = head.find('\n', at + 1))
      require(at > 0 && head[at - 1] == '\r', "no line feed alone in a head");
    require(head.find('\0') == head.npos, "no NUL in a head");
    to.respond(sequence, out, last);
  }

  responder responder_;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::reader input{fuzz::text_of(data, size)};
  auto how = input.byte();
  auto piece = std::size_t{1} + (how & 0x3f) * 8u;
  bool finishes = (how & 0x40) != 0;

  static constexpr session_limits limits{{2'048, 512}, owner::most_body, session::most_pipelined, 64 * 1024};
  int ends[2];
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0, "a socket pair");
  int client = ends[0];
  owner books;
  auto sut = std::make_unique<session>(books, limits, ends[1], 1);
  std::array<char, 4'096> scratch;
  bool alive = true;
  for (auto rest = input.rest(); alive && !rest.empty();) {
    auto part = rest.substr(0, piece);
    rest.remove_prefix(part.size());
    if (::send(client, part.data(), part.size(), MSG_NOSIGNAL) < 0)
      break;
    alive = sut->on_readable(scratch);
    if (alive && std::exchange(books.output, false))
      alive = sut->flush();
    if (alive && sut->backlogged())
      alive = sut->resume();
    while (::recv(client, scratch.data(), scratch.size(), 0) > 0)
      continue;
  }
  if (alive && finishes) {
    ::shutdown(client, SHUT_WR);
    if (sut->on_readable(scratch))
      sut->flush();
  }
  sut.reset();
  ::close(client);
  return 0;
}
