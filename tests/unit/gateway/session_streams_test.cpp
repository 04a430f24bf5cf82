#include "gateway/session.hpp"

#include "tests/unit/gateway/session_fixture.hpp"

#include <random>

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr auto chunked = session::stream_end::last_chunk;

/// A session whose answers the test gives, with little room in the sockets.
struct fixture : session_fixture {
  fixture() {
    answer_at_once = false;
    int small = 4 * 1024;
    ::setsockopt(sut->fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  }

  /// What the gateway does at the end of a round with output.
  bool settle() {
    return !std::exchange(output, false) || sut->flush();
  }
  /// Returns all that comes when the client reads until nothing does.
  std::string all_received() {
    std::string all;
    for (std::string part; settle();) {
      part = received();
      if (part.empty() && !sut->writing())
        break;
      all += part;
      if (sut->writing())
        output = true; // the socket has room again
    }
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(session_streams_test, fixture)

BOOST_AUTO_TEST_CASE(a_stream_goes_out_in_chunks_as_its_pieces_come) {
  BOOST_TEST(give(get("/0")));
  sut->begin_stream(0, "head ", "first", chunked);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "head 5\r\nfirst\r\n");
  BOOST_TEST(sut->stream_is_quiet(0));
  sut->stream(0, "a piece of more than 16 bytes");
  BOOST_TEST(!sut->stream_is_quiet(0));
  BOOST_TEST(settle());
  BOOST_TEST(received() == "1d\r\na piece of more than 16 bytes\r\n");
  BOOST_TEST(!sut->idle());
  sut->end_stream(0, "end", false);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "3\r\nend\r\n0\r\n\r\n");
  BOOST_TEST(sut->idle());
  BOOST_TEST(give(get("/1")));
  sut->respond(1, "one", false);
  BOOST_TEST(received() == "one");
}

BOOST_AUTO_TEST_CASE(a_stream_can_end_without_another_piece) {
  BOOST_TEST(give(get("/0")));
  sut->begin_stream(0, "head ", "", chunked);
  sut->end_stream(0, "", false);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "head 0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_stream_without_chunks_ends_with_the_connection) {
  BOOST_TEST(give("GET /0 HTTP/1.0\r\n\r\n"));
  sut->begin_stream(0, "head ", "first ", session::stream_end::connection);
  sut->stream(0, "second ");
  BOOST_TEST(settle());
  BOOST_TEST(give("GET /never HTTP/1.0\r\n\r\n"));
  BOOST_TEST(paths.size() == 1u);
  sut->end_stream(0, "end", true);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "head first second end");
  BOOST_TEST(sut->lingering());
}

BOOST_AUTO_TEST_CASE(answers_behind_a_stream_wait_for_its_end) {
  BOOST_TEST(give(get("/0") + get("/1") + get("/2")));
  sut->respond(2, "two", false);
  sut->begin_stream(1, "head ", "first", chunked);
  sut->stream(1, "never seen");
  sut->stream(1, "second");
  BOOST_TEST(settle());
  BOOST_TEST(received().empty());
  sut->respond(0, "zero ", false);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "zero head 5\r\nfirst\r\n6\r\nsecond\r\n");
  sut->end_stream(1, "", false);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "0\r\n\r\ntwo");
}

BOOST_AUTO_TEST_CASE(a_stream_that_ends_before_its_turn_is_an_answer_like_others) {
  BOOST_TEST(give(get("/0") + get("/1")));
  sut->begin_stream(1, "head ", "first", chunked);
  sut->stream(1, "never seen");
  sut->end_stream(1, "end", false);
  sut->respond(0, "zero ", false);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "zero head 5\r\nfirst\r\n3\r\nend\r\n0\r\n\r\n");
  BOOST_TEST(sut->idle());
}

BOOST_AUTO_TEST_CASE(a_slow_reader_gets_the_newest_piece_and_few_of_the_others) {
  BOOST_TEST(give(get("/0")));
  sut->begin_stream(0, "head ", "first", chunked);
  constexpr int pieces = 20'000;
  for (int i = 1; i <= pieces; ++i) {
    sut->stream(0, std::to_string(i) + std::string(1'000, '.'));
    BOOST_REQUIRE(settle());
  }
  BOOST_TEST(sut->writing());
  auto got = all_received();
  BOOST_TEST(got.size() < 100'000u);
  BOOST_TEST(got.find(std::to_string(pieces) + "...") != std::string::npos);
  sut->end_stream(0, "end", false);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "3\r\nend\r\n0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(awaited_output_of_a_stream_is_the_piece_under_way) {
  BOOST_TEST(give(get("/0")));
  sut->begin_stream(0, "head ", std::string(100'000, 'x'), chunked);
  BOOST_TEST(settle());
  sut->await_output();
  BOOST_TEST(!sut->caught_up());
  sut->stream(0, std::string(100'000, 'y'));
  std::size_t total = 0;
  while (!sut->caught_up()) {
    total += received().size();
    BOOST_REQUIRE(sut->flush());
    BOOST_REQUIRE(total < 110'000u); // the next piece is not waited for
  }
  BOOST_TEST(sut->writing());
}

BOOST_AUTO_TEST_CASE(a_client_that_shuts_its_side_down_in_a_stream_is_told_of) {
  BOOST_TEST(give(get("/0") + get("/1")));
  sut->begin_stream(0, "head ", "first", chunked);
  sut->respond(1, "one", false);
  BOOST_TEST(settle());
  ::shutdown(client, SHUT_WR);
  BOOST_TEST(readable());
  BOOST_TEST(sut->half_closed());
  sut->end_stream(0, "", false);
  BOOST_TEST(!settle()); // and then the connection is over
  BOOST_TEST(received() == "head 5\r\nfirst\r\n0\r\n\r\none");
}

BOOST_AUTO_TEST_CASE(what_arrives_in_part_behind_a_stream_is_timed_out_behind_it) {
  BOOST_TEST(give(get("/0") + "GET / HT"));
  sut->begin_stream(0, "head ", "first", chunked);
  BOOST_TEST(sut->receiving());
  sut->time_out();
  sut->end_stream(0, "end", false);
  BOOST_TEST(settle());
  BOOST_TEST(received() == "head 5\r\nfirst\r\n3\r\nend\r\n0\r\n\r\n[fault]");
}

// Requests that are answered whole or in pieces, in any order and at any time, by a client that reads now and then:
// each gets one answer, in order; a whole one as it was given, and of a stream its head and first piece, then pieces in
// the order in which they were given, at last the last one. What waits is never more than two pieces beyond what the
// sockets hold.
BOOST_AUTO_TEST_CASE(random_streams_and_answers_keep_to_their_model) {
  std::mt19937 random{29};
  struct answer {
    bool streams = false;
    bool begun = false;
    bool ended = false;
    std::vector<std::string> given; // pieces of a stream
  };
  for (int trial = 0; trial < 100; ++trial) {
    fixture on;
    std::vector<answer> model(40);
    std::size_t asked = 0;
    std::string got;
    auto in_flight = [&] { return on.sequences.size(); };
    auto all_ended = [&] { return std::ranges::all_of(model, &answer::ended); };
    auto text_of = [](std::size_t request, std::size_t number, std::size_t size) {
      return "<" + std::to_string(request) + "." + std::to_string(number) + std::string(size, '.') + ">";
    };
    auto size = trial % 3 == 0 ? 5 : 3'000;
    while (!all_ended()) {
      if (asked < model.size() && random() % 3 == 0 && asked < in_flight() + 16) {
        BOOST_REQUIRE(on.give(get("/" + std::to_string(asked++))));
      } else if (in_flight() > 0) {
        auto oldest = static_cast<std::size_t>(std::ranges::find(model, false, &answer::ended) - model.begin());
        auto which = std::min(oldest + random() % 4, in_flight() - 1);
        auto& chosen = model[which];
        auto sequence = on.sequences[which];
        auto piece = text_of(which, chosen.given.size(), random() % static_cast<unsigned>(size));
        if (chosen.ended) {
        } else if (!chosen.begun && random() % 2 == 0) {
          on.sut->respond(sequence, "[" + std::to_string(which) + "]", false);
          chosen.ended = true;
        } else if (!chosen.begun) {
          on.sut->begin_stream(sequence, "[" + std::to_string(which), piece, chunked);
          chosen.begun = chosen.streams = true;
          chosen.given.push_back(piece);
        } else if (random() % 8 != 0) {
          on.sut->stream(sequence, piece);
          chosen.given.push_back(piece);
        } else {
          on.sut->end_stream(sequence, piece, false);
          chosen.given.push_back(piece);
          chosen.ended = true;
        }
      }
      if (random() % 2 == 0)
        BOOST_REQUIRE(on.settle());
      if (random() % 5 == 0) {
        got += on.received();
        BOOST_REQUIRE(on.sut->flush());
      }
      if (on.sut->backlogged())
        BOOST_REQUIRE(on.sut->resume());
    }
    got += on.all_received();
    BOOST_TEST(on.sut->idle());

    std::string_view rest = got;
    auto take = [&](std::string_view expected) {
      BOOST_REQUIRE(rest.starts_with(expected));
      rest.remove_prefix(expected.size());
    };
    for (std::size_t i = 0; i < model.size(); ++i) {
      take("[" + std::to_string(i));
      if (!model[i].streams) {
        take("]");
        continue;
      }
      std::size_t next = 0;
      for (bool first = true;; first = false) {
        auto digits = rest.substr(0, rest.find("\r\n"));
        auto length = std::stoul(std::string{digits}, nullptr, 16);
        take(std::string{digits} + "\r\n");
        if (length == 0)
          break;
        auto piece = rest.substr(0, length);
        auto found = std::find(model[i].given.begin() + static_cast<std::ptrdiff_t>(next), model[i].given.end(), piece);
        BOOST_REQUIRE((found != model[i].given.end()));
        BOOST_REQUIRE((!first || found == model[i].given.begin()));
        next = static_cast<std::size_t>(found - model[i].given.begin()) + 1;
        rest.remove_prefix(length);
        take("\r\n");
      }
      take("\r\n");
      BOOST_REQUIRE(next == model[i].given.size());
    }
    BOOST_TEST(rest.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
