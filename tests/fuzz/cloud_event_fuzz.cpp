// Any header fields and any data as a CloudEvent of the binary mode: whatever is in them, the JSON that
// they become has the attributes that the fields name and the data, each once, and nothing else: no
// value breaks out of its place. Lines up to an empty one are `name: value`, the rest is the data.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "ingest/cloud_event.hpp"

namespace {

using sluice::ingest::BinaryCloudEvent;
using sluice::ingest::HeaderField;
using sluice::testkit::require;

struct Request {
  std::vector<HeaderField> fields;
  std::string_view content_type;
  std::string_view data;
};

Request cut(std::string_view input) {
  Request request;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view line = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(": "), line.size());
    const std::string_view value = colon == line.size() ? "" : line.substr(colon + 2);
    if (line.substr(0, colon) == "content-type")
      request.content_type = value;
    else
      request.fields.push_back({line.substr(0, colon), value});
  }
  request.data = input;
  return request;
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return result;
}

/// The names that the event may have, from the fields.
std::set<std::string> expected_names(const Request& request) {
  std::set<std::string> names;
  for (const HeaderField& field : request.fields) {
    const std::string name = lower(field.name);
    if (name.starts_with("ce-")) names.insert(name.substr(3));
  }
  if (!request.content_type.empty()) names.insert("datacontenttype");
  return names;
}

void check(const Request& request, const std::string& text) {
  require(text.find('\n') == std::string::npos || request.data.find('\n') != request.data.npos,
          "no value of a field makes a line");
  simdjson::dom::parser parser;
  simdjson::dom::object event;
  if (parser.parse(text).get(event) != simdjson::SUCCESS) return;  // the decoder refuses it too
  std::set<std::string> names = expected_names(request);
  std::size_t data = 0;
  for (const auto field : event) {
    const std::string name{field.key};
    if (name == "data" || name == "data_base64")
      ++data;
    else
      require(names.erase(name) == 1, "every name is that of a field, and is there once");
  }
  require(names.empty(), "no field is lost");
  require(data == (request.data.empty() ? 0U : 1U), "there is data if there was any, once");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Request request = cut({reinterpret_cast<const char*>(data), size});
  const BinaryCloudEvent event{request.fields, request.content_type};
  if (event.fault()) return 0;
  const auto text = event.with_data(std::string{request.data});
  if (text) check(request, *text);
  return 0;
}
