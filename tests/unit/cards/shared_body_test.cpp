#include "cards/shared_body.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(shared_body_test)

BOOST_AUTO_TEST_CASE(a_body_holds_copies_of_its_parts) {
  std::string text = R"({"data":1)";
  std::string packed{"a\0b", 3};
  auto body = shared_body::make(text, packed, 42);
  text.assign("gone");
  packed.assign("gone");
  BOOST_TEST(body->text() == R"({"data":1)");
  BOOST_TEST((body->packed() == std::string_view{"a\0b", 3}));
  BOOST_TEST(body->etag() == 42u);
}

BOOST_AUTO_TEST_CASE(parts_may_be_empty) {
  auto body = shared_body::make({}, {}, 0);
  BOOST_TEST(body->text().empty());
  BOOST_TEST(body->packed().empty());
}

BOOST_AUTO_TEST_CASE(the_footprint_covers_the_parts_and_little_more) {
  for (std::size_t size : {0u, 100u, 1'000u, 50'000u}) {
    auto body = shared_body::make(std::string(size, 'x'), std::string(size / 2, 'y'), 1);
    BOOST_TEST(body->footprint() >= sizeof(shared_body) + size + size / 2);
    BOOST_TEST(body->footprint() <= sizeof(shared_body) + size + size / 2 + 64);
  }
}

BOOST_AUTO_TEST_CASE(bodies_are_equal_by_content) {
  auto body = shared_body::make("text", "packed", 1);
  BOOST_TEST((body == shared_body::make("text", "packed", 1)));
  BOOST_TEST((body != shared_body::make("texT", "packed", 1)));
  BOOST_TEST((body != shared_body::make("text", "packeD", 1)));
  BOOST_TEST((body != shared_body::make("text", "packed", 2)));
  BOOST_TEST((body != shared_body::make("textp", "acked", 1)));
  BOOST_TEST((body != body_ptr{}));
  BOOST_TEST((body_ptr{} == body_ptr{}));
}

// The thread and address sanitizers watch this one.
BOOST_AUTO_TEST_CASE(any_thread_may_share_and_drop_a_body) {
  auto body = shared_body::make("text", "packed", 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([body] {
      for (int round = 0; round < 10'000; ++round) {
        auto copy = body;
        if (copy->text() != "text")
          std::abort();
      }
    });
  body.reset();
  for (auto& thread : threads)
    thread.join();
}

BOOST_AUTO_TEST_SUITE_END()
