#include "gateway/session.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

/// Answers of a session that wait for their turn, and those that go on in pieces: streams. A stream is parked until it
/// has ended. Of its pieces at most one waits; it goes out when all that was sent before it has gone.
namespace tessera {

namespace {

/// RFC 9112, section 7.1: the size in hexadecimal digits, and one of 0 ends the body.
constexpr std::string_view last_chunk = "0\r\n\r\n";

void append_piece(std::string& out, std::string_view piece, session::stream_end end) {
  if (piece.empty())
    return;
  if (end == session::stream_end::last_chunk)
    out.append(fmt::format("{:x}\r\n", piece.size())).append(piece).append("\r\n");
  else
    out.append(piece);
}

} // namespace

session::parked_response* session::find_parked(std::uint32_t sequence) noexcept {
  auto found = std::ranges::find(parked_, sequence, &parked_response::sequence);
  return found == parked_.end() ? nullptr : &*found;
}

/// Writes what is parked as far as its turn has come: whole answers, and of a stream what it has before it goes on.
void session::emit_parked() {
  while (auto* next = find_parked(next_out_)) {
    if (next->open) {
      outbound_.append(std::exchange(next->bytes, {}));
      announce_output();
      return;
    }
    auto ready = std::move(*next);
    parked_.erase(parked_.begin() + (next - parked_.data()));
    emit(ready.bytes, ready.last);
  }
}

/// Takes over the piece of the stream whose turn it is, all else being written. Returns whether there is one.
bool session::take_piece() {
  auto* going_on = find_parked(next_out_);
  if (!going_on || going_on->piece.empty())
    return false;
  append_piece(outbound_, std::exchange(going_on->piece, {}), going_on->end);
  return true;
}

void session::begin_stream(std::uint32_t sequence, std::string_view head, std::string_view first, stream_end end) {
  if (end == stream_end::connection)
    finish();
  std::string bytes{head};
  append_piece(bytes, first, end);
  parked_.push_back({sequence, false, std::move(bytes), true, end});
  if (sequence == next_out_)
    emit_parked();
}

void session::stream(std::uint32_t sequence, std::string_view piece) {
  find_parked(sequence)->piece = piece;
  if (sequence == next_out_ && outbound_.empty())
    announce_output();
}

void session::end_stream(std::uint32_t sequence, std::string_view piece, bool last) {
  slot(sequence) = no_slot;
  auto& ending = *find_parked(sequence);
  append_piece(ending.bytes, piece, ending.end);
  if (ending.end == stream_end::last_chunk)
    ending.bytes.append(last_chunk);
  ending.open = false;
  ending.last = last;
  if (sequence == next_out_)
    emit_parked();
}

bool session::stream_is_quiet(std::uint32_t sequence) noexcept {
  return sequence == next_out_ && outbound_.empty() && find_parked(sequence)->piece.empty();
}

} // namespace tessera
