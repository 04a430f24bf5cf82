# cmake -DWEB_DIR=… -DFILES=index.html;… -DOUTPUT=… -P embed.cmake
# Writes the built files of the verify page into a source file, each as one string of escaped bytes.
set(content_type_css "text/css; charset=utf-8")
set(content_type_html "text/html; charset=utf-8")
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

set(rows "")
foreach(name IN LISTS FILES)
  string(REGEX MATCH "[a-z]+$" extension "${name}")
  if(NOT DEFINED content_type_${extension})
    message(FATAL_ERROR "There is no content type for ${name}: add it to web/embed.cmake")
  endif()
  set(content_type "${content_type_${extension}}")
  set(path "/V/${name}")
  if(name STREQUAL "index.html")
    set(path "/V")
  endif()
  set(file "${WEB_DIR}/dist/verify/${name}")
  embed(bytes "${file}")
  file(SIZE "${file}" size)
  file(SIZE "${file}.gz" gzip_size)
  set(gzip "{}")
  if(gzip_size LESS size)
    embed(gzip "${file}.gz")
  endif()
  file(SHA256 "${file}" hash)
  string(SUBSTRING "${hash}" 0 16 hash)
  string(APPEND rows "    {\"${path}\",\n     \"${content_type}\",\n     ${bytes},\n     ${gzip},\n"
                     "     \"W/\\\"${hash}\\\"\"},\n")
endforeach()

file(STRINGS "${WEB_DIR}/verify/content_security_policy.txt" policy)
# A list separator to CMake, a part of the policy to browsers.
string(REPLACE "\;" ";" policy "${policy}")
file(WRITE "${OUTPUT}" "// Made from web/dist by web/embed.cmake.
#include \"web/web_files.hpp\"

namespace tessera {

namespace {

constexpr web_file files[] = {
${rows}};

} // namespace

std::span<const web_file> verify_files() noexcept {
  return files;
}

std::string_view verify_content_security_policy() noexcept {
  return \"${policy}\";
}

} // namespace tessera
")
