#include "support/vectors.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace sluice::testkit {
namespace {

using simdjson::dom::element;

constexpr std::array<std::pair<std::string_view, ErrorCode>, 8> kCodes{{
    {"empty_name", ErrorCode::empty_name},
    {"empty_segment", ErrorCode::empty_segment},
    {"segment_too_long", ErrorCode::segment_too_long},
    {"too_many_segments", ErrorCode::too_many_segments},
    {"name_too_long", ErrorCode::name_too_long},
    {"bad_character", ErrorCode::bad_character},
    {"wildcard_inside_segment", ErrorCode::wildcard_inside_segment},
    {"wildcard_in_name", ErrorCode::wildcard_in_name},
}};

std::string text_of(element object, std::string_view field) {
  return std::string{object[field].get_string().value()};
}

ErrorCode code_of(element object) {
  const std::string word = text_of(object, "error");
  const auto* const at = std::find_if(kCodes.begin(), kCodes.end(),
                                      [&](const auto& entry) { return entry.first == word; });
  if (at == kCodes.end()) throw std::runtime_error("unknown error code " + word);
  return at->second;
}

template <class Visit>
void for_each_case(const std::filesystem::path& path, Visit visit) {
  simdjson::dom::parser parser;
  try {
    for (const element object : parser.load(path.string()).get_array()) visit(object);
  } catch (const simdjson::simdjson_error& error) {
    throw std::runtime_error(path.string() + ": " + error.what());
  }
}

std::vector<RefusalVector> refusals(const char* file, std::string_view field) {
  std::vector<RefusalVector> cases;
  for_each_case(data_directory() / "vectors" / file, [&](element object) {
    const std::uint64_t offset = object["offset"].get_uint64().value();
    cases.push_back(
        {text_of(object, field), Error{code_of(object), offset}, text_of(object, "why")});
  });
  return cases;
}

}  // namespace

std::filesystem::path data_directory() { return SLUICE_DATA_DIRECTORY; }

std::vector<MatchVector> match_vectors() {
  std::vector<MatchVector> cases;
  for (const auto& file :
       std::filesystem::directory_iterator(data_directory() / "vectors" / "match")) {
    for_each_case(file.path(), [&](element object) {
      cases.push_back({text_of(object, "pattern"), text_of(object, "name"),
                       object["match"].get_bool().value(), text_of(object, "why")});
    });
  }
  return cases;
}

std::vector<RefusalVector> refused_patterns() {
  return refusals("refused_patterns.json", "pattern");
}

std::vector<RefusalVector> refused_names() { return refusals("refused_names.json", "name"); }

}  // namespace sluice::testkit
