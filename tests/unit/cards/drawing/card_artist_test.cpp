#include "cards/drawing/card_artist.hpp"

#include "tests/unit/cards/drawing/png_picture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace tessera;

namespace {

card_face face(const char* design) {
  return {design,
          "Šešane <O'Brien> & Sons",
          "MEM000123",
          "Limpopo",
          "Thulamela",
          "93404001",
          "Makwarela",
          "2026-01-31",
          "2027-01-31",
          "000123-01S-X",
          std::string(132, 'B')};
}

// Returns the values of an attribute, in order.
std::vector<std::string> attributes(const std::string& xml, const std::string& name) {
  std::vector<std::string> out;
  auto begin = ' ' + name + "=\"";
  for (auto at = xml.find(begin); at != std::string::npos; at = xml.find(begin, at + 1)) {
    auto value = at + begin.size();
    out.push_back(xml.substr(value, xml.find('"', value) - value));
  }
  return out;
}

// Whether every element is closed in order; enough for what we write.
bool is_balanced(std::string_view xml) {
  std::vector<std::string> open;
  while (!xml.empty()) {
    auto begin = xml.find('<');
    if (begin == std::string_view::npos)
      break;
    auto end = xml.find('>', begin);
    auto tag = xml.substr(begin + 1, end - begin - 1);
    xml.remove_prefix(end + 1);
    if (tag.ends_with('/'))
      continue;
    if (!tag.starts_with('/')) {
      open.emplace_back(tag.substr(0, tag.find(' ')));
      continue;
    }
    if (open.empty() || open.back() != tag.substr(1))
      return false;
    open.pop_back();
  }
  return open.empty();
}

const card_artist& artist() {
  static const card_artist artist{{"Ubuntu & Friends", "HTTPS://CARDS.EXAMPLE.ORG/V"}};
  return artist;
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_artist_test)

BOOST_AUTO_TEST_CASE(only_designs_that_exist_are_known) {
  BOOST_TEST(artist().has_design("standard"));
  BOOST_TEST(artist().has_design("premium"));
  BOOST_TEST(!artist().has_design("gold"));
  BOOST_TEST(!artist().has_design(""));
}

BOOST_AUTO_TEST_CASE(the_same_face_gives_the_same_bytes_on_every_node) {
  card_artist other{{"Ubuntu & Friends", "HTTPS://CARDS.EXAMPLE.ORG/V"}};
  for (auto design : {"standard", "premium"}) {
    BOOST_TEST((artist().pdf(face(design)) == other.pdf(face(design))));
    BOOST_TEST((artist().svg(face(design), card_view::both) == other.svg(face(design), card_view::both)));
    BOOST_TEST((artist().png(face(design), card_view::back) == other.png(face(design), card_view::back)));
  }
}

BOOST_AUTO_TEST_CASE(threads_share_an_artist) {
  auto expected = artist().pdf(face("premium"));
  std::vector<std::string> drawn(4);
  std::vector<std::thread> threads;
  for (auto& one : drawn)
    threads.emplace_back([&one] {
      for (int round = 0; round < 20; ++round)
        one = artist().pdf(face("premium"));
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& one : drawn)
    BOOST_TEST((one == expected));
}

BOOST_AUTO_TEST_CASE(the_svg_is_well_formed_and_defines_all_that_it_uses) {
  for (auto view : {card_view::front, card_view::back, card_view::both}) {
    auto svg = artist().svg(face("standard"), view);
    BOOST_TEST(is_balanced(svg));
    std::set<std::string> defined;
    for (const auto& id : attributes(svg, "id"))
      BOOST_TEST(defined.insert(id).second, id);
    for (const auto& reference : attributes(svg, "href")) {
      BOOST_TEST_REQUIRE(reference.starts_with('#'));
      BOOST_TEST(defined.contains(reference.substr(1)), reference);
    }
    BOOST_TEST(svg.find("<title>Membership card of Šešane &lt;O'Brien&gt; &amp; Sons, 000123-01S-X</title>")
               != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_svg_describes_what_it_shows) {
  auto front = artist().svg(face("premium"), card_view::front);
  auto description = front.substr(front.find("<desc>"), front.find("</desc>") - front.find("<desc>"));
  for (auto text : {"Ubuntu &amp; Friends", "Šešane", "Limpopo", "Thulamela", "93404001", "Makwarela"})
    BOOST_TEST(description.find(text) != std::string::npos, text);
  BOOST_TEST(description.find("MEM000123") == std::string::npos); // it is on the back
}

BOOST_AUTO_TEST_CASE(the_png_is_as_large_as_a_card_at_300_dots_per_inch) {
  test::png_picture front{artist().png(face("standard"), card_view::front)};
  BOOST_TEST(front.width == 1011);
  BOOST_TEST(front.height == 638);
  BOOST_TEST(front.colour_type == 2);
  test::png_picture both{artist().png(face("standard"), card_view::both)};
  BOOST_TEST(both.height == 2 * 638 + 47);
  BOOST_TEST((both.rows.substr(0, front.rows.size()) == front.rows));
}

BOOST_AUTO_TEST_SUITE_END()
