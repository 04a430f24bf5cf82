#include "actors/connection_slot.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace tessera;

namespace {

/// A connection that knows whether it was interrupted after its end.
class watched_connection : public store_connection {
public:
  explicit watched_connection(std::atomic<int>& interrupts) : interrupts_(interrupts) {
  }
  ~watched_connection() override {
    alive_ = false;
  }
  result<std::vector<member>> find(std::span<const id_number>) override {
    return std::vector<member>{};
  }
  result<std::vector<member>> find(std::span<const member_id>) override {
    return std::vector<member>{};
  }
  result<std::vector<member>> newest(std::optional<member_id>, std::size_t) override {
    return std::vector<member>{};
  }
  result<std::optional<id_number>> id_number_of(member_id) override {
    return std::optional<id_number>{};
  }
  status append(std::span<const audit_entry>) override {
    return ok();
  }
  result<std::vector<api_key_record>> list_api_keys() override {
    return std::vector<api_key_record>{};
  }
  status add_api_key(const api_key_record&) override {
    return ok();
  }
  result<bool> revoke_api_key(std::string_view, utc_time) override {
    return true;
  }
  result<std::vector<member_card_state>> list_card_states() override {
    return std::vector<member_card_state>{};
  }
  result<std::string> card_states_mark() override {
    return std::string{};
  }
  result<card_state> reissue_card(member_id, utc_time) override {
    return card_state{};
  }
  result<card_state> revoke_cards(const card_revocation&) override {
    return card_state{};
  }
  result<created_job> create_job(const batch_job&, utc_time, std::size_t) override {
    return created_job{};
  }
  result<std::optional<batch_job>> read_job(std::string_view, std::string_view) override {
    return std::optional<batch_job>{};
  }
  result<leased_jobs> lease_jobs(const job_lease&, std::size_t, utc_time) override {
    return leased_jobs{};
  }
  result<std::size_t> count_free_jobs() override {
    return std::size_t{0};
  }
  result<bool> save_job(const batch_job&, const job_lease&) override {
    return true;
  }
  status hand_back_jobs(std::string_view) override {
    return ok();
  }
  result<change_start> find_change_start(std::string_view) override {
    return change_start{};
  }
  result<std::optional<change_page>> read_changes(std::uint64_t, std::span<const change_gap>, std::size_t) override {
    return std::optional<change_page>{};
  }
  result<bool> holds_change(const change_gap&) override {
    return false;
  }
  status save_change_position(std::string_view, std::uint64_t, bool) override {
    return ok();
  }
  result<bool> purge_changes(std::uint64_t, std::chrono::seconds) override {
    return false;
  }
  status delete_jobs(utc_time) override {
    return ok();
  }
  status ping() override {
    return ok();
  }
  void interrupt() noexcept override {
    if (alive_)
      ++interrupts_;
  }

private:
  std::atomic<int>& interrupts_;
  bool alive_ = true; // plain on purpose: an interrupt beside the destructor is a race that the sanitizer sees
};

} // namespace

BOOST_AUTO_TEST_SUITE(connection_slot_threads)

BOOST_AUTO_TEST_CASE(an_interrupt_never_meets_a_connection_that_ends) {
  std::atomic<int> interrupts{0};
  for (int round = 0; round < 300; ++round) {
    connection_slot sut;
    sut.put(std::make_unique<watched_connection>(interrupts));
    std::thread other{[&] { sut.interrupt(); }};
    sut.get();
    sut.close();
    other.join();
    BOOST_TEST(sut.interrupted());
    BOOST_TEST(!sut.get());
  }
}

BOOST_AUTO_TEST_CASE(what_comes_after_an_interrupt_is_interrupted_too) {
  std::atomic<int> interrupts{0};
  connection_slot sut;
  sut.interrupt();
  sut.put(std::make_unique<watched_connection>(interrupts));
  BOOST_TEST(interrupts == 1);
}

BOOST_AUTO_TEST_CASE(a_call_is_either_concluded_or_cut_off) {
  std::atomic<int> interrupts{0};
  int cut_off = 0;
  for (int round = 0; round < 300; ++round) {
    connection_slot sut;
    sut.put(std::make_unique<watched_connection>(interrupts));
    bool cut = false;
    std::thread other{[&] { cut = sut.cut_off(7); }};
    bool concluded = sut.conclude(7);
    other.join();
    BOOST_TEST(cut != concluded);
    BOOST_TEST(sut.interrupted() == cut);
    cut_off += cut;
  }
  BOOST_TEST(interrupts == cut_off);
}

BOOST_AUTO_TEST_CASE(a_call_after_the_concluded_one_can_be_cut_off) {
  std::atomic<int> interrupts{0};
  connection_slot sut;
  sut.put(std::make_unique<watched_connection>(interrupts));
  BOOST_TEST(sut.conclude(1));
  BOOST_TEST(!sut.cut_off(1));
  BOOST_TEST(interrupts == 0);
  BOOST_TEST(sut.cut_off(2));
  BOOST_TEST(interrupts == 1);
  BOOST_TEST(!sut.conclude(2));
}

BOOST_AUTO_TEST_SUITE_END()
