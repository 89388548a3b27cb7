#include "domain/template.hpp"

#include <boost/json/value.hpp>

#include "domain/templates/lexer.hpp"
#include "domain/templates/parser.hpp"
#include "domain/templates/renderer.hpp"

namespace sluice::domain {

std::variant<Template, TemplateError> Template::compile(std::string_view source, Syntax syntax) {
  if (source.size() > kMaxTemplateBytes) {
    return TemplateError{"expected a template of at most 65536 bytes"};
  }
  try {
    return Template{
        std::make_shared<const templates::Program>(templates::parse_program(source, syntax))};
  } catch (const templates::Fault& fault) {
    return templates::locate(source, fault);
  }
}

std::variant<std::string, RenderError> Template::render(const boost::json::object& event,
                                                        Escape escape,
                                                        const TemplateLimits& limits) const {
  templates::Budget budget{limits};
  std::string text = templates::render(*program_, event, escape, budget);
  if (budget.is_spent()) return budget.error();
  return text;
}

}  // namespace sluice::domain
