#include "cards/iso_time.hpp"

namespace tessera {

namespace {

using namespace std::chrono;

/// Takes what it is asked for off the front of a text. After the first thing that is not there, `failed` stays true.
class scanner {
public:
  explicit scanner(std::string_view rest) noexcept : rest_(rest) {
  }

  /// Takes a number of exactly `count` digits.
  int digits(int count) noexcept {
    int value = 0;
    for (; count > 0; --count) {
      if (!next_is_digit()) {
        failed_ = true;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  bool next_is_digit() const noexcept {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  /// Takes `c` if it comes next.
  bool take(char c) noexcept {
    if (!rest_.starts_with(c))
      return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) noexcept {
    failed_ |= !take(c);
  }
  bool at_end() const noexcept {
    return rest_.empty();
  }
  bool failed() const noexcept {
    return failed_;
  }

private:
  std::string_view rest_;
  bool failed_ = false;
};

/// Takes the digits of a fraction of a second, one at least.
milliseconds take_fraction(scanner& in) noexcept {
  milliseconds value{in.digits(1) * 100};
  for (int weight = 10; in.next_is_digit(); weight /= 10)
    value += milliseconds{in.digits(1) * weight};
  return value;
}

/// What follows a date.
struct time_of_day {
  milliseconds since_midnight{0}; ///< of UTC: less the offset
  bool exists = true;
  bool has_zone = true;
};

/// Takes an offset from UTC ("Z", "+02:00").
void take_zone(scanner& in, time_of_day& out) noexcept {
  if (in.take('Z'))
    return;
  auto ahead = in.take('+');
  out.has_zone = ahead || in.take('-');
  if (!out.has_zone)
    return;
  auto hour = in.digits(2);
  in.expect(':');
  auto minute = in.digits(2);
  out.exists &= hour < 24 && minute < 60;
  auto offset = hours{hour} + minutes{minute};
  out.since_midnight -= ahead ? offset : -offset;
}

time_of_day take_time(scanner& in) noexcept {
  in.expect('T');
  auto hour = in.digits(2);
  in.expect(':');
  auto minute = in.digits(2);
  auto has_seconds = in.take(':');
  auto second = has_seconds ? in.digits(2) : 0;
  auto fraction = has_seconds && in.take('.') ? take_fraction(in) : milliseconds{0};
  time_of_day out{hours{hour} + minutes{minute} + seconds{second} + fraction, hour < 24 && minute < 60 && second < 60};
  take_zone(in, out);
  return out;
}

} // namespace

parsed_iso_time parse_iso_time(std::string_view text) noexcept {
  scanner in{text};
  auto year_number = in.digits(4);
  in.expect('-');
  auto month_number = in.digits(2);
  in.expect('-');
  auto day_number = in.digits(2);
  auto date = year{year_number} / month_number / day_number;
  auto time = in.at_end() ? time_of_day{} : take_time(in);
  if (in.failed() || !in.at_end())
    return {{}, iso_time_fault::not_iso};
  if (!date.ok())
    return {{}, iso_time_fault::no_such_day};
  if (!time.exists)
    return {{}, iso_time_fault::no_such_time};
  if (!time.has_zone)
    return {{}, iso_time_fault::no_zone};
  return {sys_days{date} + time.since_midnight, iso_time_fault::none};
}

} // namespace tessera
