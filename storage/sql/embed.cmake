# cmake -DSQL_DIR=… -DMYSQL=a.sql;b.sql -DSQLITE=… -DOUTPUT=… -P embed.cmake
# Writes the migrations into a source file, each as one raw string.
function(embed result dialect files)
  set(rows "")
  foreach(file IN LISTS files)
    file(READ "${SQL_DIR}/${dialect}/${file}" text)
    string(REGEX MATCH "^([0-9]+)_([a-z_]+)[.]sql$" matched "${file}")
    if(NOT matched)
      message(FATAL_ERROR "A migration is named NNNN_name.sql, not ${file}")
    endif()
    string(APPEND rows "    {\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\", R\"sql(${text})sql\"},\n")
  endforeach()
  set(${result} "${rows}" PARENT_SCOPE)
endfunction()

embed(mysql_rows mysql "${MYSQL}")
embed(sqlite_rows sqlite "${SQLITE}")
file(WRITE "${OUTPUT}" "// Made from storage/sql by storage/sql/embed.cmake.
#include \"storage/migrations.hpp\"

namespace tessera {

namespace {

constexpr migration mysql_rows[] = {
${mysql_rows}};

constexpr migration sqlite_rows[] = {
${sqlite_rows}};

} // namespace

std::span<const migration> mysql_migrations() noexcept {
  return mysql_rows;
}

std::span<const migration> sqlite_migrations() noexcept {
  return sqlite_rows;
}

} // namespace tessera
")
