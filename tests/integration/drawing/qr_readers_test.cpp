// What the readers of others make of our codes: zbar and ZXing.

#include "cards/drawing/card_artist.hpp"
#include "cards/drawing/qr_code.hpp"
#include "tests/integration/drawing/photo.hpp"
#include "tests/integration/drawing/sample_faces.hpp"
#include "tests/integration/drawing/tools.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tessera;
using namespace tessera::test;

namespace {

struct fixture {
  void both_read(const std::filesystem::path& picture, const std::string& text) {
    auto zbar =
        run_tool({"zbarimg", "--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture}, directory);
    BOOST_TEST(zbar.output == text + '\n', "zbar: " << zbar.output);
    auto zxing = run_tool({"ZXingReader", "-1", picture}, directory);
    BOOST_TEST(zxing.output.find(" QRCode \"" + text + '"') != std::string::npos, "ZXing: " << zxing.output);
  }
  void both_read_png(const std::string& png, const std::string& text) {
    write_file(directory / "code.png", png);
    both_read(directory / "code.png", text);
  }

  temp_dir directory;
  std::mt19937_64 random{11};
  card_artist artist{{"Ubuntu Civic Movement", verify_address}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(qr_readers_test, fixture)

BOOST_AUTO_TEST_CASE(both_read_the_png_at_any_scale) {
  for (auto scale : {2U, 3U, 4U, 6U, 8U, 11U}) {
    auto token = random_token(random);
    both_read_png(qr_png(qr_code{verify_address, token}, scale), std::string{verify_address} + '#' + token);
  }
}

BOOST_AUTO_TEST_CASE(both_read_codes_of_any_host) {
  for (const std::string host :
       {"A.ZA", "MEMBERS.A-RATHER-LONG-NAME-OF-AN-ORGANISATION.EXAMPLE.ORG.ZA:8443", "a_b.example", "[2001:DB8::1]"}) {
    auto address = "HTTPS://" + host + "/V";
    auto token = random_token(random);
    both_read_png(qr_png(qr_code{address, token}, 4), address + '#' + token);
  }
}

BOOST_AUTO_TEST_CASE(both_read_the_pdf_at_150_and_300_dots_per_inch) {
  for (auto design : {"standard", "premium"})
    for (auto resolution : {150, 300}) {
      auto face = sample_face(design);
      face.token = random_token(random);
      both_read(render_page(artist.pdf(face), 2, resolution, directory),
                std::string{verify_address} + '#' + face.token);
    }
}

BOOST_AUTO_TEST_CASE(both_read_the_png_of_the_card) {
  for (auto design : {"standard", "premium"}) {
    auto face = sample_face(design);
    both_read_png(artist.png(face, card_view::both), std::string{verify_address} + '#' + face.token);
  }
}

BOOST_AUTO_TEST_CASE(both_read_bad_photos_of_the_card) {
  const bad_photo photos[] = {
      {.blur = 2, .noise = 8},
      {.tilt = 0.25, .turn = 0.15, .blur = 1.5, .shadow = 0.4, .noise = 6},
      {.tilt = -0.2, .turn = -0.3, .blur = 2, .shadow = 0.5, .noise = 10},
      {.tilt = 0.1, .turn = 1.4, .blur = 2, .shadow = 0.6, .noise = 12},
  };
  for (auto design : {"standard", "premium"}) {
    auto face = sample_face(design);
    auto page = render_page(artist.pdf(face), 2, 300, directory);
    std::uint64_t seed = 0;
    for (auto photo : photos) {
      photo.seed = ++seed;
      take_photo(page, directory / "photo.pgm", photo);
      BOOST_TEST_CONTEXT(design << ", photo " << seed)
      both_read(directory / "photo.pgm", std::string{verify_address} + '#' + face.token);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
