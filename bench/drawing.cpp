// Prints what each stage of drawing a card costs, in microseconds of processor time. With a directory as argument it
// leaves what it drew there, to be looked at.

#include "cards/drawing/card_artist.hpp"
#include "cards/drawing/qr_code.hpp"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

using namespace tessera;

namespace {

constexpr const char* address = "HTTPS://CARDS.EXAMPLE.ORG/V";
constexpr std::size_t cards_per_round = 200;
constexpr int rounds = 9;

double cpu_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e3;
}

std::string random_token(std::mt19937_64& random) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string token(132, 'A');
  std::generate(token.begin(), token.end(), [&] { return alphabet[random() % alphabet.size()]; });
  return token;
}

std::vector<card_face> faces(const char* design) {
  std::mt19937_64 random{17};
  const char* names[] = {"Ndivhuwo Ṱhohoyanḓou", "Thandiwe Mokoena", "Pieter van der Merwe-Ngcobo", "Šešane Mphahlele"};
  std::vector<card_face> all;
  for (std::size_t at = 0; at < cards_per_round; ++at) {
    auto id = std::to_string(100'000 + at);
    all.push_back({design, names[at % 4], "MEM" + id, "Gauteng", "City of Tshwane Metropolitan Municipality",
                   "79900058", "Laerskool Lynnwood", "2026-01-31", "2027-01-31", id + "-01S-X", random_token(random)});
  }
  return all;
}

/// The best of several rounds, for each call of `draw(face)`: what else runs on the machine disturbs least.
template <class Draw>
void print_stage(const char* name, const std::vector<card_face>& cards, Draw draw) {
  auto best = 1e12;
  std::size_t bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    bytes = 0;
    auto before = cpu_microseconds();
    for (const auto& card : cards)
      bytes += draw(card);
    best = std::min(best, (cpu_microseconds() - before) / static_cast<double>(cards.size()));
  }
  std::printf("%-14s %9.1f us %9zu bytes\n", name, best, bytes / cards.size());
}

void leave(const std::string& path, const std::string& content) {
  std::ofstream{path, std::ios::binary} << content;
}

} // namespace

int main(int count, char** arguments) {
  auto before = cpu_microseconds();
  card_artist artist{{"Ubuntu Civic Movement", address}};
  std::printf("%-14s %9.1f us\n", "start", cpu_microseconds() - before);
  auto cards = faces("standard");
  auto code = artist.code(cards.front().token);
  print_stage("QR code", cards, [&](auto& card) { return static_cast<std::size_t>(artist.code(card.token).size()); });
  print_stage("QR code's PNG", cards, [&](auto&) { return qr_png(code, 6).size(); });
  print_stage("QR code's SVG", cards, [&](auto&) { return qr_svg(code).size(); });
  print_stage("PDF", cards, [&](auto& card) { return artist.pdf(card, code).size(); });
  print_stage("those but SVG", cards, [&](auto& card) {
    auto own = artist.code(card.token);
    return qr_png(own, 6).size() + artist.pdf(card, own).size();
  });
  print_stage("card's SVG", cards, [&](auto& card) { return artist.svg(card, card_view::both).size(); });
  cards.resize(cards_per_round / 20);
  print_stage("card's PNG", cards, [&](auto& card) { return artist.png(card, card_view::front).size(); });
  if (count == 2)
    for (auto design : {"standard", "premium"}) {
      auto path = std::string{arguments[1]} + '/' + design;
      auto card = faces(design).front();
      leave(path + ".pdf", artist.pdf(card));
      leave(path + ".svg", artist.svg(card, card_view::both));
      leave(path + ".png", artist.png(card, card_view::both));
      leave(path + "-sheet.pdf", artist.sheet_pdf(faces(design)));
      leave(path + "-qr.png", qr_png(artist.code(card.token), 6));
    }
}
