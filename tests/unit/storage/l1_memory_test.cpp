// The byte budget against what the allocator reports. A program of its own, so that nothing else allocates.

#include "storage/l1_store.hpp"

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <cmath>
#include <random>
#include <string>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool own_allocator = false; // mallinfo2 knows nothing of the sanitizers' allocator
#else
constexpr bool own_allocator = true;
#endif

boost::test_tools::assertion_result counts(boost::unit_test::test_unit_id) {
  return own_allocator;
}

constexpr std::size_t limit = 64 * 1024 * 1024;
// Promised are 5 %; with 2 % a structure that is not counted shows.
constexpr double tolerance = 0.02;
const auto now = l1_store::time_point{} + 1000h;

// Bytes that the allocator has given out.
double given_out() {
  auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

// Bytes that the allocator has taken from the system.
double taken() {
  auto info = ::mallinfo2();
  return static_cast<double>(info.arena + info.hblkhd);
}

class growing_store {
public:
  growing_store() : before_(given_out()), store_({.bytes = limit}, 7) {
  }

  void fill(std::uint64_t number, std::size_t size) {
    text_.assign(size, 'x');
    auto key = cache_key::of_member(*id_number::from_packed(number));
    store_.fill(key, shared_body::make(text_, "", 0), store_.stamp(), now, 1h, now);
  }

  l1_store& store() {
    return store_;
  }

  // Bytes given out since the store was made.
  double real() const {
    return given_out() - before_ - static_cast<double>(text_.capacity());
  }

  // The largest difference so far between what is counted and what is given out, as a share of the latter.
  void check(const char* when) {
    auto stats = store_.stats();
    auto real = this->real();
    auto counted = static_cast<double>(stats.bytes + stats.negative_bytes);
    BOOST_TEST_REQUIRE(std::abs(counted - real) <= tolerance * std::max(real, 0.02 * limit),
                       when << ": counted " << counted << ", given out " << real);
    auto bodies = real - static_cast<double>(stats.negative_bytes); // these have a budget of their own
    BOOST_TEST_REQUIRE(bodies <= (1 + tolerance) * limit, when << ": given out " << bodies);
    worst_ = std::max(worst_, std::abs(counted - real) / std::max(real, 0.02 * limit));
  }

  void check_full(const char* when) {
    check(when);
    auto real = this->real();
    BOOST_TEST(real >= (1 - tolerance) * limit, when << ": given out " << real);
    auto stats = store_.stats();
    BOOST_TEST_MESSAGE(when << ": " << stats.entries << " entries, counted " << stats.bytes << ", given out "
                            << static_cast<std::uint64_t>(real) << ", taken from the system "
                            << static_cast<std::uint64_t>(taken()) << ", worst difference on the way " << worst_ * 100
                            << " %");
  }

private:
  double before_;
  l1_store store_;
  std::string text_;
  double worst_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(l1_memory_test, *boost::unit_test::precondition(counts))

BOOST_AUTO_TEST_CASE(bodies_of_one_size) {
  for (std::size_t size : {300, 1000, 20'000}) {
    growing_store sut;
    auto fills = 2 * limit / size;
    for (std::uint64_t number = 0; number < fills; ++number) {
      sut.fill(number, size);
      if (number % 97 == 0)
        sut.check("growing");
    }
    sut.check_full((std::to_string(size) + " bytes").c_str());
  }
}

BOOST_AUTO_TEST_CASE(after_churn_with_mixed_sizes_hits_aliases_and_negative_entries) {
  growing_store sut;
  std::mt19937_64 random{3};
  for (int step = 0; step < 600'000; ++step) {
    auto number = random() % 400'000;
    auto phase = step / 100'000 % 3;
    auto size = phase == 0 ? 300 : phase == 1 ? 20'000 : 100 + random() % (random() % 8 == 0 ? 30'000 : 1200);
    sut.fill(number, size);
    auto key = [&] { return cache_key::of_member(*id_number::from_packed(random() % 400'000)); };
    for (int time = 0; time < 3; ++time)
      sut.store().find(key(), now);
    sut.store().fill_alias({number + 1}, *id_number::from_packed(number), sut.store().stamp(), now);
    if (step % 4 == 0)
      sut.store().fill_negative(key(), sut.store().stamp(), now);
    if (step % 16 == 0)
      sut.store().invalidate(key(), now);
    if (step % 997 == 0)
      sut.check("churning");
  }
  sut.check_full("mixed sizes");
  sut.store().clear(now);
  BOOST_TEST(sut.store().stats().bytes < limit / 50);
  BOOST_TEST(sut.real() < limit / 50);
}

BOOST_AUTO_TEST_SUITE_END()
