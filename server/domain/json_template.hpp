// JSON whose strings are templates: payload_template, and blocks_template when it is JSON.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <variant>
#include <vector>

#include "domain/template.hpp"
#include "domain/validation_error.hpp"

namespace sluice::domain {

/// Levels of a JSON template. What stores and sends it may then parse it with a modest limit.
inline constexpr std::size_t kMaxJsonTemplateDepth = 24;

/// A string of a JSON template that is no template, and the way to it.
struct JsonTemplateError {
  std::vector<LocationStep> location;
  TemplateError error;
};

/// A compiled JSON template. Regular value, cheap to copy. Thread safety: const members from any
/// thread.
class JsonTemplate {
 public:
  /// Compiles every string of `document`, keys apart. Errors: all strings that are no templates, and
  /// what is nested too deeply.
  static std::variant<JsonTemplate, std::vector<JsonTemplateError>> compile(
      const boost::json::value& document, Syntax syntax);

  /// The document with its strings filled. A string that is one hole and nothing else becomes the
  /// value itself, with its type, and null when it is not there. Errors: a limit was passed.
  std::variant<boost::json::value, RenderError> render(const boost::json::object& event,
                                                       Escape escape,
                                                       const TemplateLimits& limits = {}) const;

 private:
  struct Part;
  struct Compiler;
  struct Filling;

  explicit JsonTemplate(std::shared_ptr<const Part> root) noexcept : root_(std::move(root)) {}

  std::shared_ptr<const Part> root_;
};

}  // namespace sluice::domain
