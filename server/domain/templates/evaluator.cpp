#include "domain/templates/evaluator.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <compare>

#include "domain/templates/date.hpp"
#include "domain/templates/escaping.hpp"

namespace sluice::domain::templates {
namespace {

using boost::json::value;

std::string_view string_in(const value* operand) {
  return operand != nullptr && operand->is_string() ? std::string_view{operand->get_string()}
                                                    : std::string_view{};
}

/// The order of two strings, or of two numbers; booleans are numbers to no one.
std::partial_ordering compare(const value& left, const value& right) {
  if (left.is_string() && right.is_string()) {
    return std::string_view{left.get_string()} <=> std::string_view{right.get_string()};
  }
  if (left.is_int64() && right.is_int64()) return left.get_int64() <=> right.get_int64();
  if (left.is_number() && right.is_number()) {
    return left.to_number<double>() <=> right.to_number<double>();
  }
  return std::partial_ordering::unordered;
}

/// Scalars only: objects and arrays equal nothing, so that no comparison costs more than its step.
bool is_equal(const value* left, const value* right) {
  const bool is_left_null = left == nullptr || left->is_null();
  const bool is_right_null = right == nullptr || right->is_null();
  if (is_left_null || is_right_null) return is_left_null && is_right_null;
  if (left->is_bool() && right->is_bool()) return left->get_bool() == right->get_bool();
  return compare(*left, *right) == 0;
}

bool is_member(const value* element, const value* container, Budget& budget) {
  if (container == nullptr) return false;
  if (const auto* text = container->if_string()) {
    budget.step(text->size());
    return element != nullptr && element->is_string() &&
           std::string_view{*text}.find(string_in(element)) != std::string_view::npos;
  }
  if (const auto* object = container->if_object()) {
    return element != nullptr && element->is_string() && object->contains(string_in(element));
  }
  const auto* array = container->if_array();
  return array != nullptr && std::ranges::any_of(*array, [&](const value& each) {
           budget.step(string_in(&each).size());
           return !budget.is_spent() && is_equal(element, &each);
         });
}

const value* step_into(const value* from, const std::variant<std::string, std::size_t>& step) {
  if (from == nullptr) return nullptr;
  if (const auto* index = std::get_if<std::size_t>(&step)) {
    if (const auto* array = from->if_array()) return array->if_contains(*index);
    const auto* object = from->if_object();  // a key that is spelt as a number
    return object != nullptr ? object->if_contains(std::to_string(*index)) : nullptr;
  }
  const auto* object = from->if_object();
  return object != nullptr ? object->if_contains(std::get<std::string>(step)) : nullptr;
}

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Evaluation {
 public:
  Evaluation(const Scope& scope, Budget& budget) : scope_(scope), budget_(budget) {}

  Operand run(const Expression& expression) {
    budget_.step();
    if (budget_.is_spent()) return Operand{};
    return std::visit([this](const auto& form) { return of(form); }, expression.form);
  }

 private:
  Operand of(const Literal& literal) { return Operand{&literal.value}; }

  Operand of(const Path& path) {
    const value* found = scope_.find(path.name);
    for (const auto& step : path.steps) found = step_into(found, step);
    return Operand{found};
  }

  Operand of(const Negation& negation) { return Operand{value(!is_true(run(*negation.operand)))}; }

  Operand of(const Operation& operation) {
    Operand left = run(*operation.left);
    if (operation.symbol == Operator::both) {
      return is_true(left) ? run(*operation.right) : std::move(left);
    }
    if (operation.symbol == Operator::either) {
      return is_true(left) ? std::move(left) : run(*operation.right);
    }
    const Operand right = run(*operation.right);
    budget_.step(std::min(string_in(left.get()).size(), string_in(right.get()).size()));
    return Operand{value(holds(operation.symbol, left.get(), right.get()))};
  }

  bool holds(Operator symbol, const value* left, const value* right) {
    switch (symbol) {
      case Operator::equal: return is_equal(left, right);
      case Operator::unequal: return !is_equal(left, right);
      case Operator::member: return is_member(left, right, budget_);
      case Operator::no_member: return !is_member(left, right, budget_);
      default: break;
    }
    if (left == nullptr || right == nullptr) return false;
    const std::partial_ordering order = compare(*left, *right);
    if (symbol == Operator::less) return order < 0;
    if (symbol == Operator::less_or_equal) return order <= 0;
    if (symbol == Operator::greater) return order > 0;
    return order >= 0;
  }

  Operand of(const Filtered& filtered) {
    Operand input = run(*filtered.input);
    if (filtered.filter == Filter::default_) {
      const bool stays = filtered.replaces_falsy ? is_true(input) : input.get() != nullptr;
      return stays ? std::move(input) : run(*filtered.argument);
    }
    if (input.get() == nullptr) return input;
    const value& given = *input.get();
    budget_.step(bytes_of(given, budget_.output_left()));
    if (budget_.is_spent()) return Operand{};
    switch (filtered.filter) {
      case Filter::upper: return changed(text_of(given), to_upper);
      case Filter::lower: return changed(text_of(given), to_lower);
      case Filter::tojson: return Operand{value(safe_json(given)), true};
      default: break;
    }
    std::optional<std::string> date = format_date(given, filtered.date_format);
    return date ? Operand{value(*date)} : std::move(input);
  }

  static Operand changed(std::string text, char (*change)(char)) {
    std::ranges::transform(text, text.begin(), change);
    return Operand{value(text)};
  }

  const Scope& scope_;
  Budget& budget_;
};

}  // namespace

const boost::json::value* Scope::find(std::string_view name) const {
  for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable) {
    if (variable->first == name) return variable->second;
  }
  return event_.if_contains(name);
}

Operand evaluate(const Expression& expression, const Scope& scope, Budget& budget) {
  return Evaluation{scope, budget}.run(expression);
}

bool is_true(const Operand& operand) noexcept {
  const boost::json::value* const given = operand.get();
  if (given == nullptr) return false;
  switch (given->kind()) {
    case boost::json::kind::null: return false;
    case boost::json::kind::bool_: return given->get_bool();
    case boost::json::kind::int64: return given->get_int64() != 0;
    case boost::json::kind::uint64: return given->get_uint64() != 0;
    case boost::json::kind::double_: return given->get_double() != 0;
    case boost::json::kind::string: return !given->get_string().empty();
    case boost::json::kind::array: return !given->get_array().empty();
    case boost::json::kind::object: return !given->get_object().empty();
  }
  return false;
}

}  // namespace sluice::domain::templates
