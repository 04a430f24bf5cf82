// What the tools of others make of our PDFs: qpdf, and poppler's.

#include "cards/drawing/card_artist.hpp"
#include "tests/integration/drawing/sample_faces.hpp"
#include "tests/integration/drawing/tools.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr std::size_t largest_pdf = 20 * 1024;

const std::vector<std::string>& hard_names() {
  static const std::vector<std::string> names{
      "Ndivhuwo Ṱhohoyanḓou",
      "Nṋḽ Ḓḓ Ḽḽ Ṋṋ Ṱṱ Ṅṅ",
      "N\u032dn\u032d t\u032d d\u032d l\u032d", // letters and marks apart
      "q\u032d x\u0301\u0323 z\u0302",          // letters that exist with marks only
      "Šešane Êê Ôô Mphahlele",
      "Pieter van der Merwe-Ngcobo",
      "O'Brien D\u2019Almeida \u2018t Hooft",
      "Zoë Žižka-Łukasiewicz Þórðr Ñuñez Ærø Œuvre ß ŉ",
      "ǀǁǂǃ Nǁng ǂKhomani !Xun",
      "Adébáyọ̀ Ọláìtán Chukwuẹ́mẹka Ụzọ",
      "ffi fl fi AVATAR To. Ty, WAVE",
      "A & B <C> (D) [E] {F} \\ / % # \" `",
      "Nokuthula-Thandeka Nomvula van der Westhuizen-Mkhabela Dlamini",
      "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
      "Mphahlele-Ramaphosa-Nkosazana-Dlamini-Zuma-Sisulu-Mokonyane",
      "X",
  };
  return names;
}

std::string without_space(std::string text) {
  std::erase_if(text, [](char character) { return character == ' ' || character == '\n' || character == '\f'; });
  return text;
}

struct fixture {
  std::string text_of(const std::string& pdf, const char* page = "1") {
    write_file(directory / "card.pdf", pdf);
    auto [code, output] = run_tool({"pdftotext", "-f", page, "-l", page, "card.pdf", "-"}, directory);
    BOOST_TEST(code == 0);
    return output;
  }
  void is_sound(const std::string& pdf) {
    write_file(directory / "card.pdf", pdf);
    auto [code, output] = run_tool({"qpdf", "--check", "card.pdf"}, directory);
    BOOST_TEST(code == 0, output);
    BOOST_TEST(output.find("PDF Version: 1.7") != std::string::npos, output);
    BOOST_TEST(output.find("No syntax or stream encoding errors") != std::string::npos, output);
  }

  temp_dir directory;
  card_artist artist{{"Ubuntu Civic Movement", verify_address}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pdf_test, fixture)

BOOST_AUTO_TEST_CASE(qpdf_finds_no_fault_and_the_file_is_small) {
  for (auto design : {"standard", "premium"})
    for (const auto& name : hard_names()) {
      auto face = sample_face(design);
      face.name = name;
      auto pdf = artist.pdf(face);
      BOOST_TEST_CONTEXT(design << ", " << name) {
        is_sound(pdf);
        BOOST_TEST(pdf.size() <= largest_pdf);
      }
    }
}

BOOST_AUTO_TEST_CASE(it_stays_small_where_every_text_is_long_and_of_many_letters) {
  std::mt19937_64 random{3};
  const char* letters[] = {"Ṱ", "ḓ", "Ž", "ø", "Ř", "q", "X", "ŵ", "ẹ", "ǂ",
                           "Å", "þ", "ß", "Ğ", "k", " ", "Q", "Ł", "ć"};
  for (auto design : {"standard", "premium"})
    for (int round = 0; round < 20; ++round) {
      auto face = sample_face(design);
      for (auto* text : {&face.name, &face.province, &face.municipality, &face.ward, &face.voting_station}) {
        text->clear();
        for (int at = 0; at < 100; ++at)
          *text += random() % 2 == 0 ? std::string(1, static_cast<char>('a' + random() % 26))
                                     : std::string{letters[random() % std::size(letters)]};
      }
      auto pdf = artist.pdf(face);
      BOOST_TEST(pdf.size() <= largest_pdf);
      if (round == 0)
        is_sound(pdf);
    }
}

BOOST_AUTO_TEST_CASE(names_come_back_intact) {
  for (const auto& name : hard_names()) {
    auto face = sample_face("standard");
    face.name = name;
    auto text = text_of(artist.pdf(face));
    // A name may have been wrapped.
    BOOST_TEST(without_space(text).find(without_space(name)) != std::string::npos, name << " in " << text);
  }
}

BOOST_AUTO_TEST_CASE(every_field_can_be_read) {
  auto face = sample_face("premium");
  auto pdf = artist.pdf(face);
  auto front = text_of(pdf, "1");
  for (const auto& text : {face.name, face.province, face.municipality, face.ward, face.voting_station, face.issue_date,
                           face.expiry_date, face.card_number, std::string{"Ubuntu Civic Movement"}})
    BOOST_TEST(front.find(text) != std::string::npos, text << " in " << front);
  auto back = text_of(pdf, "2");
  for (const auto& text : {face.membership_number, face.card_number, std::string{"cards.example.org/V"}})
    BOOST_TEST(back.find(text) != std::string::npos, text << " in " << back);
}

BOOST_AUTO_TEST_CASE(a_text_that_was_cut_is_read_in_full) {
  auto face = sample_face("standard");
  face.voting_station.clear();
  for (int i = 1; i <= 40; ++i)
    face.voting_station += "Station" + std::to_string(i) + ' ';
  face.voting_station.pop_back();
  auto pdf = artist.pdf(face);
  is_sound(pdf);
  auto text = text_of(pdf);
  BOOST_TEST(without_space(text).find(without_space(face.voting_station)) != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(characters_that_the_font_lacks_are_shown_as_missing_and_read_as_they_are) {
  auto face = sample_face("standard");
  face.name = "\u674e \u5c0f\u9f99 \U0001f600";
  auto pdf = artist.pdf(face);
  is_sound(pdf);
  BOOST_TEST(without_space(text_of(pdf)).find(without_space(face.name)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_do_no_harm) {
  auto face = sample_face("standard");
  face.name = "\xff\xc0 \x01\x02 A\xe2\x82 \xed\xa0\x80";
  face.province = std::string(3, '\0');
  face.ward = "\n\t";
  face.municipality.clear();
  face.voting_station.clear();
  face.issue_date.clear();
  face.expiry_date.clear();
  face.card_number.clear();
  face.membership_number.clear();
  auto pdf = artist.pdf(face);
  is_sound(pdf);
  auto text = text_of(pdf);
  BOOST_TEST(text.find("\u2014") != std::string::npos, text); // the dash for what is empty
}

BOOST_AUTO_TEST_CASE(fonts_are_embedded_subsets_with_a_way_back_to_characters) {
  write_file(directory / "card.pdf", artist.pdf(sample_face("standard")));
  auto [code, output] = run_tool({"pdffonts", "card.pdf"}, directory);
  BOOST_TEST(code == 0);
  std::size_t fonts = 0;
  for (std::string_view rest = output; !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.find("NotoSans") == std::string_view::npos)
      continue;
    ++fonts;
    BOOST_TEST(line.find("CID TrueType      Identity-H       yes yes yes") != std::string_view::npos, line);
  }
  BOOST_TEST(fonts == 2);
}

BOOST_AUTO_TEST_CASE(subsets_of_other_glyphs_have_other_names) {
  auto font_names = [&](const std::string& name) {
    auto face = sample_face("standard");
    face.name = name;
    write_file(directory / "card.pdf", artist.pdf(face));
    std::set<std::string> names;
    auto output = run_tool({"pdffonts", "card.pdf"}, directory).output;
    for (auto at = output.find("+NotoSans"); at != std::string::npos; at = output.find("+NotoSans", at + 1))
      names.insert(output.substr(at - 6, output.find(' ', at) - at + 6));
    return names;
  };
  auto first = font_names("Thandiwe");
  BOOST_TEST(first.size() == 2);
  BOOST_TEST((first == font_names("Thandiwe")));
  auto other = font_names("Ḽḽ");
  other.insert(first.begin(), first.end());
  BOOST_TEST(other.size() == 3); // the regular one has the same glyphs
}

BOOST_AUTO_TEST_CASE(title_language_and_structure_are_there_for_those_who_listen) {
  auto face = sample_face("standard");
  face.name = "Ndivhuwo Ṱhohoyanḓou";
  write_file(directory / "card.pdf", artist.pdf(face));
  auto information = run_tool({"pdfinfo", "card.pdf"}, directory).output;
  BOOST_TEST(information.find("Membership card of Ndivhuwo Ṱhohoyanḓou, 000123-01S-X") != std::string::npos,
             information);
  BOOST_TEST(information.find("Tagged:          yes") != std::string::npos, information);
  BOOST_TEST(information.find("242.646 x 153.014 pts") != std::string::npos, information);
  auto structure = run_tool({"pdfinfo", "-struct-text", "card.pdf"}, directory).output;
  BOOST_TEST(structure.find("\"Ndivhuwo Ṱhohoyanḓou\"") != std::string::npos, structure);
  BOOST_TEST(structure.find("Figure") != std::string::npos, structure);
  run_tool({"qpdf", "--qdf", "--object-streams=disable", "card.pdf", "plain.pdf"}, directory);
  auto plain = read_file(directory / "plain.pdf");
  for (auto entry : {"/Lang (en-ZA)", "/DisplayDocTitle true", "/Alt (QR code"})
    BOOST_TEST(plain.find(entry) != std::string::npos, entry);
}

BOOST_AUTO_TEST_CASE(a_sheet_has_ten_cards_on_a_page_and_their_backs_mirrored) {
  std::vector<card_face> faces;
  for (int i = 0; i < 23; ++i) {
    faces.push_back(sample_face(i % 2 == 0 ? "standard" : "premium"));
    faces.back().name = "Member" + std::to_string(i);
    faces.back().membership_number = "MEM" + std::to_string(500 + i);
  }
  auto pdf = artist.sheet_pdf(faces);
  is_sound(pdf);
  auto information = run_tool({"pdfinfo", "card.pdf"}, directory).output;
  BOOST_TEST(information.find("Pages:           6") != std::string::npos, information);
  BOOST_TEST(information.find("(A4)") != std::string::npos, information);
  auto words = [&](const char* page) {
    write_file(directory / "card.pdf", pdf);
    return run_tool({"pdftotext", "-layout", "-f", page, "-l", page, "card.pdf", "-"}, directory).output;
  };
  auto front = words("1");
  BOOST_TEST(front.find("Member0") < front.find("Member1"));
  BOOST_TEST(front.find("Member9") != std::string::npos);
  BOOST_TEST(front.find("Member10") == std::string::npos);
  auto back = words("2");
  BOOST_TEST(back.find("MEM501") < back.find("MEM500"));
  BOOST_TEST(words("5").find("Member22") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
