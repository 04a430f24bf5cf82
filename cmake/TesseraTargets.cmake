# Warnings, sanitizers and the shape of our targets, in one place.

add_library(tessera_options INTERFACE)
target_include_directories(tessera_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(tessera_options INTERFACE -Wall -Wextra -Wconversion -Werror)
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(tessera_options INTERFACE -O2 -g1)
endif()
if(TESSERA_SANITIZE)
  target_compile_options(tessera_options INTERFACE -fsanitize=${TESSERA_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(tessera_options INTERFACE -fsanitize=${TESSERA_SANITIZE})
  if(TESSERA_SANITIZE MATCHES "undefined")
    target_compile_options(tessera_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
  if(TESSERA_SANITIZE MATCHES "thread")
    # Headers of Asio and CAF use fences, which the tool does not model (docs/architecture.md).
    target_compile_options(tessera_options INTERFACE -Wno-tsan)
  endif()
endif()
if(TESSERA_FUZZ)
  # Warnings are g++'s business, which builds the program; clang has others, also about headers of Debian's.
  target_compile_options(tessera_options INTERFACE -fsanitize=fuzzer-no-link -O1 -w
                         -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/tests/fuzz/ignore.txt)
endif()
if(TESSERA_COVERAGE)
  target_compile_options(tessera_options INTERFACE --coverage)
  target_link_options(tessera_options INTERFACE --coverage)
endif()

# tessera_library(NAME SOURCES a.cpp … LINK lib …): one folder, one static library.
function(tessera_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRECOMPILE" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC tessera_options ${arg_LINK})
  if(arg_PRECOMPILE)
    target_precompile_headers(${name} PRIVATE ${arg_PRECOMPILE})
  endif()
endfunction()
