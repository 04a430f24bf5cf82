#pragma once

#include "gateway/http/chunked_body.hpp"
#include "gateway/http/request.hpp"
#include "gateway/http/request_head.hpp"
#include "gateway/peer.hpp"
#include "gateway/tls_stream.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

class session;

/// Why a session refuses what it reads; the connection closes after the answer.
enum class read_fault : std::uint8_t { bad_head, head_too_large, target_too_long, body_too_large, bad_body, timed_out };

/// What a session needs of its owner. All calls come from the loop's thread.
class session_owner {
public:
  virtual ~session_owner() = default;

  /// A whole request has arrived; it is to be answered by `respond(sequence, …)`, now or later.
  virtual void on_request(session& from, std::uint32_t sequence, const http_request& request) = 0;

  /// What arrived is no request; it is to be answered like one.
  virtual void on_fault(session& from, std::uint32_t sequence, read_fault fault, std::string_view detail) = 0;

  /// The session waits for other events from now on (EPOLLIN, EPOLLOUT).
  virtual void on_interest(session& of, std::uint32_t events) = 0;

  /// The session has something to write at the end of the round.
  virtual void on_output(session& of) = 0;
};

struct session_limits {
  head_limits head;
  std::size_t body_bytes = 64 * 1024;
  std::size_t pipelined = 16; ///< at most session::most_pipelined
  std::size_t unwritten_bytes = 256 * 1024;
};

/// One connection: reads requests, keeps their answers in order, writes them. It holds no buffer while it is idle, so
/// that an idle connection costs little more than this object. Loop's thread.
class session {
public:
  static constexpr std::size_t most_pipelined = 16;

  /// Takes over the socket `fd`. `token` names the session in events. `tls`: what speaks TLS on it; null: nothing does.
  session(session_owner& owner, const session_limits& limits, int fd, std::uint64_t token,
          std::unique_ptr<tls_stream> tls = nullptr);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  int fd() const noexcept {
    return fd_;
  }
  std::uint64_t token() const noexcept {
    return token_;
  }

  /// Returns what the socket's `events` allow: EPOLLIN calls for on_readable, EPOLLOUT for flush. Under TLS either may
  /// have waited for the other.
  std::uint32_t allowed_by(std::uint32_t events) const noexcept;

  /// Reads what is there into `scratch` and parses it; `hung_up`: the client is known to have shut its side down, so
  /// that after the last byte there is that to be read. Returns false if the connection is over.
  bool on_readable(std::span<char> scratch, bool hung_up = false);

  /// Writes what waits. Returns false if the connection is over.
  bool flush();

  /// Gives the answer to request `sequence`. `last`: the connection closes after it.
  void respond(std::uint32_t sequence, std::string_view response, bool last);

  /// How a client is told that a streamed answer is at its end.
  enum class stream_end : std::uint8_t {
    last_chunk, ///< chunked transfer coding, HTTP/1.1
    connection, ///< the connection ends with it
  };

  /// Begins an answer to request `sequence` that goes on in pieces, with its whole `head` and its first piece. Answers
  /// to requests behind it wait until it has ended. REQUIRES: it ends by a chunk, or no request is behind it.
  void begin_stream(std::uint32_t sequence, std::string_view head, std::string_view first, stream_end end);

  /// Gives the stream's newest piece. One before it for which the client has not made room yet is dropped: who reads
  /// slowly gets fewer, and what waits for them does not grow. REQUIRES: the stream has begun and not ended.
  void stream(std::uint32_t sequence, std::string_view piece);

  /// Ends a stream with this piece, in place of one that still waits. `last` as for `respond`.
  void end_stream(std::uint32_t sequence, std::string_view piece, bool last);

  /// Returns whether the client has made room for all that a stream was given.
  bool stream_is_quiet(std::uint32_t sequence) noexcept;

  /// Parses what has been waiting behind answered requests. Returns false if the connection is over.
  bool resume();

  /// Answers 408 in place of a request that did not arrive in time, and closes.
  void time_out();

  /// No further request is read; the connection closes when the last answer is written.
  void finish();

  /// Makes the end of the connection a reset, so that the system lets go, too, of what the client has not taken.
  void give_up_output() noexcept;

  /// Returns the events that are to be told of the socket; changes come by `session_owner::on_interest`.
  std::uint32_t interest() const noexcept {
    return interest_;
  }
  bool encrypted() const noexcept {
    return tls_ != nullptr;
  }
  /// Returns whether the socket may still hold something that the last read has left, and that is to be read.
  bool unread() const noexcept {
    return unread_ && may_read();
  }
  /// Returns whether the handshake of TLS is under way.
  bool handshaking() const noexcept {
    return tls_ && tls_->handshaking();
  }
  /// Returns whether nothing of a first request has arrived.
  bool fresh() const noexcept {
    return next_in_ == 0 && !inbound_;
  }
  /// Returns whether no request is being read or answered and nothing waits to be written.
  bool idle() const noexcept {
    return in_flight() == 0 && !inbound_ && outbound_.empty();
  }
  /// Returns whether a request is awaited that must arrive in time: one of which a part is there, or the first.
  bool receiving() const noexcept {
    return (inbound_ || next_in_ == 0) && may_parse();
  }
  /// Returns whether output waits for a slow reader.
  bool writing() const noexcept {
    return !outbound_.empty() || closing_;
  }
  /// Returns whether all output is gone that waited when `await_output` was last called.
  bool caught_up() const noexcept {
    return awaited_ == 0;
  }
  void await_output() noexcept {
    awaited_ = unwritten();
  }
  /// Returns whether `resume` may find something to do.
  bool backlogged() const noexcept {
    return !finishing_ && (inbound_ || interest_ == 0);
  }
  bool lingering() const noexcept {
    return lingering_;
  }
  /// Returns whether the client has shut its side down, as one does that goes away.
  bool half_closed() const noexcept {
    return peer_finished_;
  }
  std::size_t in_flight() const noexcept {
    return next_in_ - next_out_;
  }

  /// For the owner's books: which ticket slot each request in flight has, by sequence.
  static constexpr std::uint32_t no_slot = 0xffffffff;
  std::uint32_t& slot(std::uint32_t sequence) noexcept {
    return slots_[sequence % most_pipelined];
  }
  std::uint32_t first_in_flight() const noexcept {
    return next_out_;
  }
  std::uint32_t next_sequence() const noexcept {
    return next_in_;
  }

  peer who;                         ///< for the owner's books, too
  std::uint64_t active_tick = 0;    ///< the owner's clock when something last moved
  std::uint64_t receiving_tick = 0; ///< when the request that is arriving began; 0: none is
  std::uint64_t writing_tick = 0;   ///< when the output that is awaited began to wait; 0: none does
  std::uint64_t bytes_in = 0;       ///< since the owner last took them

private:
  /// What has arrived but could not be handled yet.
  struct inbound_buffer {
    std::string bytes;
    std::size_t needed = 0; ///< no use in parsing before there are as many
    std::string head;       ///< of a chunked request
    std::unique_ptr<chunked_body> chunked;
    bool continue_sent = false;
  };
  /// An answer whose turn has not come, or a stream. That whose turn it is is here only while it is an open stream.
  struct parked_response {
    std::uint32_t sequence;
    bool last = false;
    std::string bytes; ///< as they are sent, when its turn comes
    bool open = false; ///< a stream that has not ended
    stream_end end = stream_end::last_chunk;
    std::string piece{}; ///< of an open stream: what goes out when there is room
  };

  bool parse(std::string_view bytes, std::size_t& consumed);
  bool parse_chunked();
  bool take(std::string_view bytes);
  void begin_chunked(std::string_view head);
  void send_continue();
  void announce_output();
  void fault(read_fault what, std::string_view detail);
  void emit(std::string_view response, bool last);
  void emit_parked();
  parked_response* find_parked(std::uint32_t sequence) noexcept;
  bool take_piece();
  ssize_t receive(std::span<char> to) noexcept;
  ssize_t transmit(std::string_view bytes) noexcept;
  void drop_written();
  void set_interest();
  bool may_read() const noexcept;
  bool may_parse() const noexcept {
    return !finishing_ && in_flight() < limits_.pipelined && unwritten() < limits_.unwritten_bytes;
  }
  std::size_t unwritten() const noexcept {
    return outbound_.size() - written_;
  }

  session_owner& owner_;
  const session_limits& limits_;
  int fd_;
  std::uint64_t token_;
  std::uint32_t next_in_ = 0;
  std::uint32_t next_out_ = 0;
  std::uint32_t interest_;
  bool unread_ = false;        ///< see unread
  bool finishing_ = false;     ///< reads no further request
  bool peer_finished_ = false; ///< the client has shut its side down
  bool closing_ = false;       ///< all is written, but TLS has still to say so
  bool lingering_ = false;     ///< all is written; waiting for the client to close
  bool broken_ = false;        ///< the socket failed
  bool output_announced_ = false;
  std::unique_ptr<tls_stream> tls_;
  std::unique_ptr<inbound_buffer> inbound_;
  std::string outbound_;
  std::size_t written_ = 0; ///< of outbound_
  std::size_t awaited_ = 0; ///< of what is unwritten: see await_output
  std::vector<parked_response> parked_;
  std::array<std::uint32_t, most_pipelined> slots_;
};

} // namespace tessera
