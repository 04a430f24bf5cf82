#include "gateway/http/access_line.hpp"

#include "cards/id_number.hpp"
#include "gateway/http/request_ids.hpp"

#include <spdlog/fmt/fmt.h>

#include <iterator>

namespace tessera {

namespace {

/// Longer than any path of ours; a target may have 8 KiB and more, which would fill the log.
constexpr std::size_t longest_path = 256;
constexpr std::size_t longest_method = 32;

/// Appends `text` as a JSON string (RFC 8259, section 7), in plain ASCII: nobody knows in which encoding others are.
void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else if (c >= ' ' && c <= '~')
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty())
    return;
  out.append(",\"").append(name).append("\":");
  append_string(out, text);
}

} // namespace

void describe_request(access_entry& entry, const http_request& request) {
  auto known = to_string(request.method);
  entry.method = known.empty() ? mask_id_numbers(request.method_text).substr(0, longest_method) : std::string{known};
  entry.path = mask_id_numbers(request.path);
  if (entry.path.size() > longest_path)
    entry.path.resize(longest_path);
}

void append_access_line(std::string& out, const access_entry& entry, std::string_view at, std::size_t bytes,
                        std::chrono::microseconds took) {
  out.append("{\"at\":\"").append(at).append("\"");
  append_member(out, "method", entry.method);
  append_member(out, "path", entry.path);
  append_member(out, "route", to_string(entry.to));
  fmt::format_to(std::back_inserter(out), ",\"status\":{},\"bytes\":{},\"us\":{}", entry.status, bytes, took.count());
  append_member(out, "request_id", entry.request_id);
  append_member(out, "key", entry.key);
  char client[16];
  write_letters(entry.client.value, client); // no digits, which by chance could be an ID number's
  append_member(out, "client", {client, sizeof client});
  append_member(out, "cache", entry.cache);
  out.append("}\n");
}

} // namespace tessera
