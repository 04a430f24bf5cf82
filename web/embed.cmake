# cmake -DWEB_DIR=… -DFILES=verify/index.html;… -DOUTPUT=… -P embed.cmake
# Writes the built files of the pages into a source file, each as one string of escaped bytes.
set(content_type_css "text/css; charset=utf-8")
set(content_type_html "text/html; charset=utf-8")
set(content_type_json "application/json; charset=utf-8")
set(content_type_js "text/javascript; charset=utf-8")
set(content_type_svg "image/svg+xml")
set(content_type_txt "text/plain; charset=utf-8")
set(content_type_webmanifest "application/manifest+json")

# Sets `result` to a string_view of the file's bytes, as C++.
function(embed result file)
  file(READ "${file}" digits HEX)
  file(SIZE "${file}" size)
  string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${digits}")
  string(REPEAT "." 80 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n     \"" lines "${escaped}")
  set(${result} "{\"${lines}\",\n     ${size}}" PARENT_SCOPE)
endfunction()

# Where the files of a site are served; index.html at that address itself. The dashboard is on the operators' port.
set(address_verify "/V")
set(address_api "")
set(address_docs "/docs")
set(address_dashboard "")

foreach(name IN LISTS FILES)
  string(REGEX MATCH "[a-z]+$" extension "${name}")
  if(NOT DEFINED content_type_${extension})
    message(FATAL_ERROR "There is no content type for ${name}: add it to web/embed.cmake")
  endif()
  set(content_type "${content_type_${extension}}")
  string(REGEX MATCH "^[a-z]+" site "${name}")
  string(REGEX REPLACE "^${site}" "${address_${site}}" path "${name}")
  string(REGEX REPLACE "/index.html$" "" path "${path}")
  if(path STREQUAL "")
    set(path "/")
  endif()
  set(file "${WEB_DIR}/dist/${name}")
  embed(bytes "${file}")
  file(SIZE "${file}" size)
  file(SIZE "${file}.gz" gzip_size)
  set(gzip "{}")
  if(gzip_size LESS size)
    embed(gzip "${file}.gz")
  endif()
  file(SHA256 "${file}" hash)
  string(SUBSTRING "${hash}" 0 16 hash)
  string(APPEND rows_${site} "    {\"${path}\",\n     \"${content_type}\",\n     ${bytes},\n     ${gzip},\n"
                             "     \"W/\\\"${hash}\\\"\"},\n")
endforeach()

foreach(site verify docs)
  file(STRINGS "${WEB_DIR}/${site}/content_security_policy.txt" policy)
  # A list separator to CMake, a part of the policy to browsers.
  string(REPLACE "\;" ";" policy_${site} "${policy}")
endforeach()
file(WRITE "${OUTPUT}" "// Made from web/dist by web/embed.cmake.
#include \"web/web_files.hpp\"

namespace tessera {

namespace {

constexpr web_file of_verify[] = {
${rows_verify}};

constexpr web_file of_docs[] = {
${rows_api}${rows_docs}};

constexpr web_file of_dashboard[] = {
${rows_dashboard}};

} // namespace

std::span<const web_file> verify_files() noexcept {
  return of_verify;
}

std::span<const web_file> docs_files() noexcept {
  return of_docs;
}

std::span<const web_file> dashboard_files() noexcept {
  return of_dashboard;
}

std::string_view verify_content_security_policy() noexcept {
  return \"${policy_verify}\";
}

std::string_view docs_content_security_policy() noexcept {
  return \"${policy_docs}\";
}

} // namespace tessera
")
