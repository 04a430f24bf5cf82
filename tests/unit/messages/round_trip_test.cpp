#include "messages/types.hpp"

#include "aggregate_fields.hpp"
#include "samples.hpp"

#include <caf/all.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/meta/annotation.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <tuple>
#include <typeinfo>
#include <vector>

namespace {

using namespace tessera;

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::tessera>();
    set("logger.inline-output", true);
  }
};

/// Takes an argument because CAF dereferences a null pointer to the arguments where there are none.
caf::behavior idle(caf::event_based_actor*, int) {
  return {[](caf::unit_t) {}};
}

struct fixture {
  config cfg;
  caf::actor_system system{cfg};
  tessera::testing::samples samples{system.spawn(idle, 0)};

  ~fixture() {
    caf::anon_send_exit(samples.someone, caf::exit_reason::user_shutdown);
    samples.someone = nullptr;
  }
};

/// Gives back references to the fields that an `inspect` names.
struct tying_inspector {
  using result_type = void;
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;

  template <class... Ts>
  auto operator()(caf::meta::type_name_t, Ts&... xs) {
    return std::tie(xs...);
  }
};

template <class T>
constexpr bool has_type_id = caf::has_type_id<T>::value;

BOOST_FIXTURE_TEST_SUITE(round_trip_test, fixture)

BOOST_AUTO_TEST_CASE(every_field_of_every_message_is_named_by_its_inspect) {
  samples.each([](auto sample) {
    using type = decltype(sample);
    BOOST_TEST_CONTEXT(typeid(type).name()) {
      tying_inspector tie;
      auto fields = inspect(tie, sample);
      BOOST_TEST(std::tuple_size_v<decltype(fields)> == tessera::testing::aggregate_fields<type>());
    }
  });
}

BOOST_AUTO_TEST_CASE(no_field_of_a_sample_has_its_default_value) {
  // Otherwise the round trip below could not tell a field that stayed behind.
  samples.each([](auto sample) {
    using type = decltype(sample);
    BOOST_TEST_CONTEXT(typeid(type).name()) {
      tying_inspector tie;
      type plain;
      auto fields = inspect(tie, sample);
      auto defaults = inspect(tie, plain);
      [&]<std::size_t... Is>(std::index_sequence<Is...>) {
        [[maybe_unused]] auto differs = [](const auto& left, const auto& right) { return !(left == right); };
        [[maybe_unused]] auto check = [](bool ok, std::size_t index) { BOOST_TEST(ok, "field " << index); };
        (check(differs(std::get<Is>(fields), std::get<Is>(defaults)), Is), ...);
      }
      (std::make_index_sequence<std::tuple_size_v<decltype(fields)>>{});
    }
  });
}

BOOST_AUTO_TEST_CASE(every_struct_survives_the_wire) {
  samples.each([this](auto sample) {
    using type = decltype(sample);
    BOOST_TEST_CONTEXT(typeid(type).name()) {
      std::vector<char> bytes;
      caf::binary_serializer sink{system, bytes};
      BOOST_REQUIRE(!sink(sample));
      type copy;
      caf::binary_deserializer source{system, bytes};
      BOOST_REQUIRE(!source(copy));
      BOOST_TEST((copy == sample));
      BOOST_TEST(source.remaining() == 0u);
    }
  });
}

BOOST_AUTO_TEST_CASE(every_message_survives_the_wire_under_its_registered_name) {
  std::size_t messages = 0;
  samples.each([&](auto sample) {
    using type = decltype(sample);
    if constexpr (has_type_id<type>) {
      BOOST_TEST_CONTEXT(typeid(type).name()) {
        ++messages;
        std::vector<char> bytes;
        caf::binary_serializer sink{system, bytes};
        auto message = caf::make_message(sample);
        BOOST_REQUIRE(!sink(message));
        caf::message copy;
        caf::binary_deserializer source{system, bytes};
        BOOST_REQUIRE(!source(copy));
        BOOST_REQUIRE(copy.match_elements<type>());
        BOOST_TEST((copy.get_as<type>(0) == sample));
      }
    }
  });
  // All of the block but the 29 handle types.
  BOOST_TEST(messages == caf::id_block::tessera::end - caf::id_block::tessera::begin - 29u);
}

BOOST_AUTO_TEST_CASE(null_handles_and_null_bodies_survive_the_wire) {
  warm_cache at_start;
  at_start.member_limit = 5;
  lookup_answer refusal;
  refusal.error = error_code::queue_full;
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  BOOST_REQUIRE(!sink(at_start, refusal));
  warm_cache first;
  lookup_answer second;
  second.body = samples.body();
  caf::binary_deserializer source{system, bytes};
  BOOST_REQUIRE(!source(first, second));
  BOOST_TEST((first == at_start));
  BOOST_TEST((second == refusal));
}

BOOST_AUTO_TEST_CASE(what_a_card_may_lack_survives_the_wire) {
  card_task plain; // no expiry of its own
  plain.card.issued_by = "portal";
  card_changed first_epoch; // which began with joining
  first_epoch.state.revoked_up_to = 1;
  render_answer forged; // nothing is known of it
  forged.checked.fault = card_fault::bad_signature;
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  BOOST_REQUIRE(!sink(plain, first_epoch, forged));
  auto task = samples.task();
  card_changed changed;
  changed.state = samples.state();
  auto answer = samples.rendered();
  caf::binary_deserializer source{system, bytes};
  BOOST_REQUIRE(!source(task, changed, answer));
  BOOST_TEST((task == plain));
  BOOST_TEST((changed == first_epoch));
  BOOST_TEST((answer == forged));
}

BOOST_AUTO_TEST_CASE(a_number_with_too_many_digits_is_refused_on_arrival) {
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  std::uint64_t too_long = 10'000'000'000'000;
  BOOST_REQUIRE(!sink(too_long));
  id_number number;
  caf::binary_deserializer source{system, bytes};
  BOOST_TEST(static_cast<bool>(source(number)));
}

BOOST_AUTO_TEST_CASE(what_is_cut_short_is_refused_and_does_no_harm) {
  samples.each([this](auto sample) {
    using type = decltype(sample);
    BOOST_TEST_CONTEXT(typeid(type).name()) {
      std::vector<char> bytes;
      caf::binary_serializer sink{system, bytes};
      BOOST_REQUIRE(!sink(sample));
      for (std::size_t size = 0; size < bytes.size(); ++size) {
        type copy;
        caf::binary_deserializer source{system, bytes.data(), size};
        BOOST_REQUIRE(static_cast<bool>(source(copy)));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(printing_a_message_shows_no_personal_data) {
  samples.each([](auto sample) {
    auto text = caf::deep_to_string(sample);
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(text.find("8001015009087") == std::string::npos);
      BOOST_TEST(text.find("packed") == std::string::npos);
    }
  });
  auto error = caf::deep_to_string(samples.loaded());
  BOOST_TEST(error.find("tessera::load_answer") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
