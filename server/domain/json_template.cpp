#include "domain/json_template.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include "domain/templates/escaping.hpp"
#include "domain/templates/renderer.hpp"

namespace sluice::domain {

/// A constant, a string with holes, or what holds such parts.
struct JsonTemplate::Part {
  using Elements = std::vector<Part>;
  using Members = std::vector<std::pair<std::string, Part>>;
  std::variant<boost::json::value, Template, Elements, Members> form;
};

struct JsonTemplate::Compiler {
  Syntax syntax;
  std::vector<LocationStep> location = {};
  std::vector<JsonTemplateError> errors = {};

  Part part(const boost::json::value& value) {
    if (const auto* text = value.if_string()) return string(*text);
    if (const auto* array = value.if_array()) {
      Part::Elements elements;
      for (std::size_t i = 0; i < array->size(); ++i) elements.push_back(at(i, (*array)[i]));
      return {std::move(elements)};
    }
    if (const auto* object = value.if_object()) {
      Part::Members members;
      for (const auto& [key, member] : *object) {
        members.emplace_back(key, at(std::string{key}, member));
      }
      return {std::move(members)};
    }
    return {value};
  }

  Part at(LocationStep step, const boost::json::value& value) {
    location.push_back(std::move(step));
    Part result{boost::json::value{}};
    if (location.size() <= kMaxJsonTemplateDepth) {
      result = part(value);
    } else {
      errors.push_back({location, {"expected at most 24 levels of nesting"}});
    }
    location.pop_back();
    return result;
  }

  Part string(const boost::json::string& text) {
    if (text.find('{') == boost::json::string::npos) return {boost::json::value(text)};
    auto compiled = Template::compile(text, syntax);
    if (auto* error = std::get_if<TemplateError>(&compiled)) {
      errors.push_back({location, std::move(*error)});
      return {boost::json::value{}};
    }
    return {std::get<Template>(std::move(compiled))};
  }
};

struct JsonTemplate::Filling {
  const boost::json::object& event;
  Escape escape;
  templates::Budget& budget;

  boost::json::value value(const Part& part) {
    budget.step();
    if (budget.is_spent()) return nullptr;
    return std::visit([this](const auto& form) { return of(form); }, part.form);
  }

  boost::json::value of(const boost::json::value& constant) { return copy(constant, Escape::none); }

  boost::json::value of(const Template& text) {
    if (const auto* hole = templates::sole_expression(text.program())) {
      const templates::Scope scope{event};
      const templates::Operand operand = templates::evaluate(*hole, scope, budget);
      if (operand.get() == nullptr) return nullptr;
      return copy(*operand.get(), operand.is_safe() ? Escape::none : escape);
    }
    return boost::json::value(templates::render(text.program(), event, escape, budget));
  }

  boost::json::value of(const Part::Elements& elements) {
    boost::json::array array;
    for (const Part& element : elements) array.push_back(value(element));
    return array;
  }

  boost::json::value of(const Part::Members& members) {
    boost::json::object object;
    for (const auto& [key, member] : members) {
      budget.output(key.size());
      object.insert_or_assign(key, value(member));
    }
    return object;
  }

  boost::json::value copy(const boost::json::value& given, Escape how) {
    budget.output(templates::bytes_of(given, budget.output_left() + 1));
    if (budget.is_spent()) return nullptr;
    boost::json::value result = given;
    if (how != Escape::none) escape_strings(result, how);
    return result;
  }

  static void escape_strings(boost::json::value& value, Escape how) {
    if (auto* text = value.if_string()) {
      std::string escaped;
      templates::append_escaped(escaped, *text, how);
      *text = escaped;
    } else if (auto* array = value.if_array()) {
      for (boost::json::value& element : *array) escape_strings(element, how);
    } else if (auto* object = value.if_object()) {
      for (auto& member : *object) escape_strings(member.value(), how);
    }
  }
};

std::variant<JsonTemplate, std::vector<JsonTemplateError>> JsonTemplate::compile(
    const boost::json::value& document, Syntax syntax) {
  Compiler compiler{.syntax = syntax};
  Part root = compiler.part(document);
  if (!compiler.errors.empty()) return std::move(compiler.errors);
  return JsonTemplate{std::make_shared<const Part>(std::move(root))};
}

std::variant<boost::json::value, RenderError> JsonTemplate::render(
    const boost::json::object& event, Escape escape, const TemplateLimits& limits) const {
  templates::Budget budget{limits};
  boost::json::value document = Filling{event, escape, budget}.value(*root_);
  if (budget.is_spent()) return budget.error();
  return document;
}

}  // namespace sluice::domain
