#pragma once

#include <span>
#include <string_view>

/// The files of the web pages, as web/dist holds them, built into the program.
namespace tessera {

/// One file, ready to be served. All texts live as long as the program.
struct web_file {
  std::string_view path;         ///< of the request: "/V", "/V/page.js"
  std::string_view content_type; ///< with its charset where it is text
  std::string_view bytes;
  std::string_view gzip; ///< the same bytes for who accepts gzip; empty where that would not be shorter
  std::string_view etag; ///< weak, as both forms share it; with its quotes
};

/// Returns the files of the verify page, "/V" first.
std::span<const web_file> verify_files() noexcept;

/// Returns the files that describe the API: "/openapi.json", "/docs" and what it consists of, and for each error a page
/// and a text, "/docs/errors/not-found.html" and ".txt".
std::span<const web_file> docs_files() noexcept;

/// Returns the files of the operators' dashboard, "/" first. They are served on the operators' port, so find_web_file()
/// does not know them.
std::span<const web_file> dashboard_files() noexcept;

/// Returns the file that is served at `path` (a request's path, without query), or null if there is none.
const web_file* find_web_file(std::string_view path) noexcept;

/// Returns the Content-Security-Policy under which the verify page's files are to be served.
std::string_view verify_content_security_policy() noexcept;

/// The same of what describes the API.
std::string_view docs_content_security_policy() noexcept;

} // namespace tessera
