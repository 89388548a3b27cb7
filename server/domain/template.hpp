// Text with holes that an event fills: an honest subset of Jinja.
//
//   {{ metadata.items[0].name | default("none") | upper }}
//   {% if event_type == "cluster.failed" and not muted %}..{% elif x in list %}..{% else %}..{% endif %}
//   {% for item in metadata.items %}{{ loop.index }}: {{ item }}{% endfor %}      {# a comment #}
//
// Paths, strings, numbers, true, false and none; == != < <= > >= in, not in, and, or, not; the
// filters default, upper, lower, tojson and date("%Y-%m-%d"); a '-' inside a tag's brace takes the
// blanks beside it away. loop has index, index0, first, last and length. What is not there, or
// null, renders as nothing; objects and arrays render as JSON; == is true of scalars only.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::domain {

namespace templates {
struct Program;
}

inline constexpr std::size_t kMaxTemplateBytes = std::size_t{64} << 10U;

/// Why a template is none, and where: both counted from 1, the column in characters.
struct TemplateError {
  std::string message;
  std::size_t line = 1;
  std::size_t column = 1;
};

/// What can be written for a hole. text: also the short form `{event_type}`, a path in single
/// braces; braces around anything else are text. jinja: double braces only.
enum class Syntax : std::uint8_t { text, jinja };

/// What the text around the holes is, so that nothing in an event breaks out of its hole. json: the
/// inside of a JSON string. slack_json: Slack's markup inside of a JSON string. The output of tojson
/// is safe in all of them and left alone.
enum class Escape : std::uint8_t { none, html, slack, json, slack_json };

/// What one rendering may cost.
struct TemplateLimits {
  std::size_t output_bytes = std::size_t{1} << 20U;
  std::size_t loop_iterations = 10'000;  ///< of all loops together
  std::size_t steps = 200'000;           ///< about one a node or 64 bytes looked at
};

/// Why a rendering was given up: a limit was passed.
struct RenderError {
  std::string message;
};

/// A compiled template. Regular value, cheap to copy. Thread safety: const members from any thread.
class Template {
 public:
  /// Errors: what is wrong with the first part that is; too long; nested too deeply.
  static std::variant<Template, TemplateError> compile(std::string_view source, Syntax syntax);

  /// Fills the holes. Errors: a limit was passed; nothing in an event is an error.
  std::variant<std::string, RenderError> render(const boost::json::object& event, Escape escape,
                                                const TemplateLimits& limits = {}) const;

  const templates::Program& program() const noexcept { return *program_; }

 private:
  explicit Template(std::shared_ptr<const templates::Program> program) noexcept
      : program_(std::move(program)) {}

  std::shared_ptr<const templates::Program> program_;
};

}  // namespace sluice::domain
