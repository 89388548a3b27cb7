# Compiles a text file into a library, so that the program needs no data directory.
#
# sluice_embed_text(TARGET FILE FUNCTION HEADER): gives TARGET the definition of
# `std::string_view sluice::FUNCTION() noexcept`, which HEADER declares: FILE's bytes, as numbers,
# since compilers limit how long a literal may be.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(SLUICE_EMBED_TEXT ${CMAKE_CURRENT_LIST_FILE})
  function(sluice_embed_text target file function header)
    get_filename_component(stem ${file} NAME_WE)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${stem}_text.cpp)
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -D FILE=${file} -D OUTPUT=${output} -D FUNCTION=${function}
              -D HEADER=${header} -P ${SLUICE_EMBED_TEXT}
      DEPENDS ${file} ${SLUICE_EMBED_TEXT} VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endfunction()
  return()
endif()

file(READ ${FILE} hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" lines "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${lines}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace {

constexpr char kText[] = {
${bytes}
};

}  // namespace

std::string_view sluice::${FUNCTION}() noexcept { return {kText, sizeof kText}; }
")
