#include "cards/shared_body.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(shared_body_threads)

BOOST_AUTO_TEST_CASE(threads_read_copy_and_drop_one_body_and_the_last_one_frees_it) {
  std::atomic<std::uint64_t> read{0};
  for (int round = 0; round < 200; ++round) {
    auto body = shared_body::make("text of a body", "packed", 42);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([body, &read] {
        std::vector<body_ptr> copies;
        for (int copy = 0; copy < 50; ++copy) {
          copies.push_back(copy % 2 ? body : body_ptr{body});
          read += copies.back()->text().size();
        }
      });
    body.reset(); // the threads' are the last
    for (auto& thread : threads)
      thread.join();
  }
  BOOST_TEST(read == 200u * 4 * 50 * std::string_view{"text of a body"}.size());
}

BOOST_AUTO_TEST_SUITE_END()
