// blocks_template of a Slack channel: JSON with holes, or text that becomes JSON.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <variant>
#include <vector>

#include "domain/json_template.hpp"
#include "domain/template.hpp"

namespace sluice::domain {

inline constexpr std::size_t kMaxBlocks = 50;  // Slack's limit for one message

/// A compiled blocks_template. Regular value, cheap to copy. Thread safety: const members from any
/// thread.
class BlocksTemplate {
 public:
  /// `source` is an array of blocks, an object with `blocks`, or a string. A string that is JSON
  /// itself is read as such a document, so that nothing in an event can break it; any other one is
  /// text with holes that has to become JSON, as `[{% for item in metadata.items %}...]` does.
  /// Errors: what is wrong with it, located inside of the document.
  static std::variant<BlocksTemplate, std::vector<JsonTemplateError>> compile(
      const boost::json::value& source);

  /// The blocks, with Slack's markup in an event's strings escaped. Errors: a limit was passed; text
  /// did not become an array of blocks; more than kMaxBlocks.
  std::variant<boost::json::array, RenderError> render(const boost::json::object& event,
                                                       const TemplateLimits& limits = {}) const;

 private:
  explicit BlocksTemplate(std::variant<JsonTemplate, Template> form) : form_(std::move(form)) {}

  std::variant<JsonTemplate, Template> form_;
};

}  // namespace sluice::domain
