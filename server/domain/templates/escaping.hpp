// How values become text, and text becomes harmless where it is put.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "domain/template.hpp"

namespace sluice::domain::templates {

/// A value as it reads in text: strings as they are, null as nothing, the rest as JSON.
std::string text_of(const boost::json::value& value);

/// As JSON that is also harmless in HTML, in JSON strings' surroundings and in Slack's markup:
/// `< > & '` are written as \u escapes.
std::string safe_json(const boost::json::value& value);

void append_escaped(std::string& output, std::string_view text, Escape escape);

/// About how many bytes a value takes in memory; stops counting at `limit`.
std::size_t bytes_of(const boost::json::value& value, std::size_t limit);

}  // namespace sluice::domain::templates
